import { isEnglish } from '../../rendering/language.ts';
import { boundedLine, oneLine } from '../../runtime/shown-text.ts';
import type { Channel, EventType, Notification, Source } from '../../schemas/generated/records.ts';
import { notificationIdOf } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';

/** A text that is tried: filled in, and where it comes from. */
export type TriedText = {
  readonly templateId: string;
  /** 0: it has no version yet. */
  readonly templateVersion: number;
  readonly eventType: EventType;
  readonly channel: Channel;
  /** The template's record. */
  readonly source: Source;
  readonly locale: string;
  readonly subject: string | null;
  readonly body: string;
};

/** With whose data a text was filled in; null: made-up data. */
export type TriedReader = { readonly userId: string; readonly offset: number } | null;

/** The user of a text that was filled in with made-up data; no id of a person is empty. */
const nobody = 'test';

/** What stands before a text that is tried, in its language: nobody may take it for a real one. */
const testMark = (locale: string): string => (isEnglish(locale) ? '[Test]' : '[Тест]');

/** A mail is marked in its subject; what has no subject, at its beginning. */
function marked({ channel, locale, subject, body }: TriedText) {
  const mark = testMark(locale);
  if (channel !== 'email') return { subject, body: `${mark} ${body}` };
  const line = oneLine(`${mark} ${subject ?? ''}`);
  return { subject: boundedLine(line, limits.subjectChars), body };
}

/**
 * The notification by which a text is tried, to an address typed by hand. It goes the way of all
 * others from the direct lane on, and counts in nothing.
 */
export function testNotification(tried: {
  readonly testId: string;
  readonly text: TriedText;
  readonly reader: TriedReader;
  readonly address: string;
  readonly atMs: number;
}): Notification {
  const { testId, text, reader, address, atMs } = tried;
  const { templateId, templateVersion, eventType, channel, source, locale } = text;
  const userId = reader?.userId ?? nobody;
  return {
    notificationId: notificationIdOf({ eventId: testId, templateId, channel, userId }),
    eventId: testId,
    eventType,
    requestId: null,
    userId,
    channel,
    address,
    recipientName: testMark(locale),
    locale,
    ...marked(text),
    templateId,
    templateVersion,
    source,
    userOffset: reader?.offset ?? 0,
    preferenceOffset: null,
    occurredAt: atMs,
    test: true,
  };
}
