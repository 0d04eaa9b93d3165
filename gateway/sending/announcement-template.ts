import { isMistakable } from '../../rendering/check-announcement.ts';
import { type Segment, segmentsOf } from '../../rendering/segments.ts';
import { readerName } from '../../rendering/values.ts';
import type { UsableTemplate } from '../../rules/usable-template.ts';
import type { Channel, TemplateText } from '../../schemas/generated/records.ts';

/** The languages an announcement can be written in. */
export const announcementLocales = ['ru', 'en'] as const;
export type AnnouncementLocale = (typeof announcementLocales)[number];

/** What somebody wants to say: plain text, with values in it as templates name them. */
export type AnnouncementText = {
  readonly locale: AnnouncementLocale;
  readonly subject: string | null;
  readonly body: string;
};

/** What an announcement may name: the reader, and the movie it speaks of. */
export const announcementNames = [
  readerName,
  'movie_title',
  'movie_year',
  'movie_description',
] as const;

const params: readonly string[] = announcementNames;

/** The words and values of a text; null where there is anything else in it. */
export function piecesOf(source: string): readonly Segment[] | null {
  const segments = segmentsOf({ channel: 'sms', params }, source);
  if (!segments.ok) return null;
  const isDoubtful = (each: Segment) => each.kind === 'words' && isMistakable(each.text);
  return segments.value.some(isDoubtful) ? null : segments.value;
}

const asHtml = (words: string) =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A text as the source of a template. Values are escaped when they are filled in. */
function sourceOf(text: string, write: (words: string) => string): string {
  const pieces = piecesOf(text) ?? [];
  return pieces
    .map((piece) => (piece.kind === 'words' ? write(piece.text) : `{{ ${piece.name} }}`))
    .join('');
}

const plainSource = (text: string) => sourceOf(text, (words) => words);
const htmlSource = (text: string) => sourceOf(text, asHtml);

/** A blank line begins a paragraph, as people write them. */
function paragraphsOf(html: string): string {
  const paragraphs = html.trim().split(/\r?\n[ \t]*\r?\n\s*/);
  return paragraphs.map((each) => `<p>${each.replaceAll(/\r?\n/g, '<br>\n')}</p>`).join('\n');
}

function textFor(channel: Channel, { locale, subject, body }: AnnouncementText): TemplateText {
  switch (channel) {
    case 'email':
      return {
        locale,
        subject: subject === null ? null : plainSource(subject),
        body: paragraphsOf(htmlSource(body)),
      };
    case 'sms':
      return { locale, subject: null, body: plainSource(body) };
    case 'messenger': {
      const title = subject === null ? '' : `<b>${htmlSource(subject).trim()}</b>\n\n`;
      return { locale, subject: null, body: `${title}${htmlSource(body)}` };
    }
  }
}

const idPrefix = 'announcement:';

/** Whether a template is that of an announcement, by its id. */
export const isAnnouncement = (templateId: string): boolean => templateId.startsWith(idPrefix);

/**
 * The template of an announcement for a channel: of one text the mail, with paragraphs, the SMS and
 * the message. It is the first and only version, and lies in its request alone.
 */
export function announcementTemplate(announcement: {
  readonly channel: Channel;
  readonly requestId: string;
  readonly locale: AnnouncementLocale;
  readonly texts: readonly AnnouncementText[];
}): UsableTemplate {
  const { channel, requestId, locale, texts } = announcement;
  return {
    id: `${idPrefix}${requestId}`,
    version: 1,
    eventType: 'notificationRequested',
    channel,
    locale,
    texts: texts.map((text) => textFor(channel, text)),
    params,
  };
}
