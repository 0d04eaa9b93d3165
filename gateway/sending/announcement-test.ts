import { isEnglish } from '../../rendering/language.ts';
import { render, textFor } from '../../rendering/render.ts';
import { madeUpValues } from '../../rendering/value-names.ts';
import { readerName, sharedValues } from '../../rendering/values.ts';
import type { UsableTemplate } from '../../rules/usable-template.ts';
import { readableIn } from '../../runtime/table.ts';
import type { Channel, Notification } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import type { Identity } from '../http/identity.ts';
import type { Outcome, Problem } from '../http/problem.ts';
import type { GatewayTables } from '../read/tables.ts';
import { type AnnouncementBody, decideAnnouncement } from './announcement.ts';
import { testNotification } from './test-notification.ts';
import { mayNotTry, type TryParts, writeTest } from './test-send.ts';

/** An announcement to be tried on one channel, at an address. */
export type AnnouncementTest = Pick<AnnouncementBody, 'texts' | 'default_locale' | 'movie_id'> & {
  readonly channel: Channel;
  readonly address: string;
  /** The reader's language; null: the default one. */
  readonly locale: string | null;
};

type Tables = Pick<GatewayTables, 'movies'>;

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });

/** It is in no record: it becomes a request's part when it is sent. */
const nowhere = { topic: topics.notificationRequested.name, partition: 0, offset: -1 } as const;
/** Somebody has to be named for an announcement; nobody is looked up. */
const anybody = 'test';

/** The announcement as it would be sent, checked like it. */
function templateOf(asked: AnnouncementTest, testId: string, atMs: number, tables: Tables) {
  const { channel, texts, default_locale, movie_id } = asked;
  const body = {
    channels: [channel],
    texts,
    user_ids: anybody,
    ...(default_locale && { default_locale }),
    ...(movie_id !== undefined && { movie_id }),
  };
  return decideAnnouncement(
    { body, requestIdOf: () => testId, requestedBy: '', requestedAtMs: atMs },
    tables,
  );
}

/** The text as somebody with a made-up name reads it. */
function textOf(template: UsableTemplate, asked: AnnouncementTest, atMs: number, tables: Tables) {
  const text = textFor(template, asked.locale);
  if (!text) return null;
  const madeUp = madeUpValues('notificationRequested', isEnglish(text.locale) ? 'en' : 'ru');
  const row = asked.movie_id === undefined ? undefined : tables.movies.get(asked.movie_id);
  const event = { movie: readableIn(row) ?? null, params: [], occurredAt: atMs };
  const reader = { [readerName]: madeUp[readerName] ?? '' };
  const rendered = render(template, text, { ...sharedValues(event, text.locale), ...reader });
  return rendered.ok ? { ...rendered, locale: text.locale } : null;
}

const unsayable: Problem = { status: 422, detail: 'The text cannot be made in that language.' };

/**
 * Sends an announcement to an address that somebody typed, before it goes to anybody: marked as a
 * test, limited, audited and in no statistics, as templates are tried (test-send.ts).
 */
export async function sendAnnouncementTest(
  asker: Identity,
  asked: AnnouncementTest,
  testId: string,
  { tables, ...parts }: TryParts & { readonly tables: Tables },
): Promise<Outcome<Notification>> {
  const atMs = parts.nowMs();
  const decided = templateOf(asked, testId, atMs, tables);
  if (!decided.ok) return decided;
  const template = decided.value[0]?.template as UsableTemplate;
  const text = textOf(template, asked, atMs, tables);
  if (!text) return refused(unsayable);
  const not = await mayNotTry(asker, asked, parts);
  if (not) return refused(not);
  const { id: templateId, version: templateVersion, channel } = template;
  const eventType = 'notificationRequested' as const;
  const { locale, subject, body } = text;
  const origin = { templateId, templateVersion, eventType, channel, source: nowhere };
  const notification = testNotification({
    testId,
    text: { ...origin, locale, subject, body },
    reader: null,
    address: asked.address,
    atMs,
  });
  const problem = await writeTest(notification, asker, parts, 'announcement');
  return problem ? refused(problem) : { ok: true, value: notification };
}
