import { textFor } from '../../rendering/render.ts';
import { isUnreadable } from '../../runtime/table.ts';
import type {
  Channel,
  Notification,
  Source,
  Template,
  TemplateText,
} from '../../schemas/generated/records.ts';
import { lanes, type Topic, topics } from '../../schemas/topics.ts';
import { auditEntry } from '../audit.ts';
import type { QuotaCheck } from '../credentials/quotas.ts';
import type { Identity } from '../http/identity.ts';
import { badRequest, notFound, notNow, type Outcome, type Problem } from '../http/problem.ts';
import { type GatewayTables, notRestored, type TableSource } from '../read/tables.ts';
import { versionIdOf } from '../templates/authored.ts';
import type { Preview, Shown } from '../templates/preview.ts';
import type { PreviewWishes } from '../templates/preview-request.ts';
import type { Templates, Which } from '../templates/templates.ts';
import { type Publish, recordOf } from '../write/publisher.ts';
import { addressFault } from './address.ts';
import type { TestLimit } from './test-limit.ts';
import { type TriedText, testNotification } from './test-notification.ts';

/** A text to be tried, on whom, and with which data; what is left out is made up. */
export type TestSend = {
  readonly templateId: string;
  /** Null: the draft, or what is published where there is none. */
  readonly version: number | null;
  readonly address: string;
  /** Null: the reader's language. */
  readonly locale: string | null;
  readonly data: Omit<PreviewWishes, 'conditions'>;
};

/** What any text is tried with. */
export type TryParts = {
  readonly publish: Publish;
  readonly quotas: QuotaCheck;
  readonly testLimit: TestLimit;
  readonly newId: () => string;
  readonly nowMs: () => number;
};

export type TestSendParts = TryParts & {
  readonly source: TableSource;
  readonly templates: Pick<Templates, 'find' | 'preview'>;
};

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });

/** What is tried, found: its texts, and the record that they stand in. */
type Tried = Pick<Template, 'eventType' | 'channel' | 'locale' | 'texts'> & {
  readonly which: Which;
  readonly version: number;
  readonly source: Source;
};

/** The record of a row; such tables have one partition. */
function sourceOf(
  topic: Topic,
  row: ReturnType<GatewayTables['templates' | 'templateVersions' | 'templateDrafts']['get']>,
): Source {
  return { topic: topic.name, partition: 0, offset: row?.offset ?? 0 };
}

function triedIn(
  { templateId, version }: TestSend,
  templates: TestSendParts['templates'],
  tables: GatewayTables,
): Outcome<Tried> {
  const found = templates.find(templateId);
  if (!found.ok) return found;
  const { head, published } = found.value;
  if (version === null && head?.state === 'open') {
    const source = sourceOf(topics.templateDrafts, tables.templateDrafts.get(templateId));
    return { ok: true, value: { ...head, which: { kind: 'draft' }, version: 0, source } };
  }
  const wanted = version ?? published?.version;
  if (wanted === undefined) return refused(notFound(`There is no template ${templateId}.`));
  const which = { kind: 'version', version: wanted } as const;
  const step = found.value.version(wanted);
  if (step) {
    const row = tables.templateVersions.get(versionIdOf(templateId, wanted));
    const source = sourceOf(topics.templateVersions, row);
    return { ok: true, value: { ...step, which, version: wanted, source } };
  }
  if (published?.version !== wanted) {
    return refused(notFound(`Template ${templateId} has no version ${wanted}.`));
  }
  const source = sourceOf(topics.templates, tables.templates.get(templateId));
  return { ok: true, value: { ...published, which, version: wanted, source } };
}

const bodyOf = (shown: Shown): string => (shown.channel === 'sms' ? shown.text : shown.html);

/** The preview of the language that the reader would be written in. */
function previewIn(
  previews: readonly Preview[],
  tried: Tried,
  locale: string | null,
): Preview | undefined {
  const template = { ...tried, id: '', params: [], version: tried.version };
  const text: TemplateText | null = textFor(template, locale);
  return previews.find((each) => each.locale === text?.locale);
}

type Known = Tried & { readonly channel: Channel; readonly eventType: TriedText['eventType'] };

function knownIn(tried: Tried): Known | null {
  const { channel, eventType } = tried;
  if (channel === 'unknown' || eventType === 'unknown') return null;
  return { ...tried, channel, eventType };
}

/** The text as it is sent; 422 when it cannot be made. */
async function textOf(
  tried: Known,
  asked: TestSend,
  readerLocale: string | null,
  templates: TestSendParts['templates'],
): Promise<Outcome<TriedText>> {
  const wishes = { ...asked.data, conditions: false };
  const previews = await templates.preview(asked.templateId, tried.which, wishes);
  if (!previews.ok) return previews;
  const preview = previewIn(previews.value, tried, asked.locale ?? readerLocale);
  if (!preview?.ok) {
    const why = preview ? preview.reason : 'it has no text in that language';
    return refused({ status: 422, detail: `The text cannot be tried: ${why}.` });
  }
  const { locale, shown } = preview;
  const { channel, eventType, source, version: templateVersion } = tried;
  const subject = shown.channel === 'email' ? shown.subject : null;
  const { templateId } = asked;
  const origin = { templateId, templateVersion, eventType, channel, source };
  return { ok: true, value: { ...origin, locale, subject, body: bodyOf(shown) } };
}

/** The row of the person whose data is used; 404 when there is none. */
function readerIn({ users }: GatewayTables, userId: string | null) {
  if (userId === null) return { ok: true, value: null } as const;
  const row = users.get(userId);
  // An unreadable one is refused by the preview, which says why.
  if (!row || isUnreadable(row)) return refused(notFound(`There is no user ${userId}.`));
  return { ok: true, value: row } as const;
}

/** Writes the notification and that it was asked for; both or, of a doubtful answer, maybe. */
export async function writeTest(
  notification: Notification,
  asker: Identity,
  { publish, newId, nowMs }: TryParts,
  tried: 'template' | 'announcement' = 'template',
): Promise<Problem | null> {
  const { channel, userId, templateId: id, templateVersion, notificationId } = notification;
  const entry = auditEntry({
    entryId: newId(),
    atMs: nowMs(),
    actor: asker,
    action: tried === 'template' ? 'template.tested' : 'announcement.tested',
    subject: { kind: tried, id },
    detail: { channel, version: templateVersion, notification_id: notificationId },
  });
  const published = await publish([
    recordOf(lanes[channel].direct, userId, notification),
    recordOf(topics.audit, entry.entryId, entry),
  ]);
  switch (published.kind) {
    case 'acknowledged':
      return null;
    case 'busy':
      return notNow('Too much waits for Kafka. Nothing was sent; try again later.');
    case 'unknown':
      return notNow('Kafka did not answer in time: the test may be sent or not.');
  }
}

/** Why nothing may be tried at an address, or by somebody who tried so much; null: it may. */
export async function mayNotTry(
  asker: Identity,
  { channel, address }: { readonly channel: Channel; readonly address: string },
  { testLimit, quotas }: TryParts,
): Promise<Problem | null> {
  const fault = addressFault(channel, address);
  if (fault !== null) return badRequest({ field: 'address', message: fault });
  return testLimit.take(asker.id) ?? (await quotas.notifications(asker, { listed: 1 }));
}

/**
 * Sends a text to an address that somebody typed, marked as a test: limited for each identity,
 * written down in the audit, and in no statistics. `testId` is the id of its event, so that a
 * repeated call has the same notification.
 */
export async function sendTest(
  asker: Identity,
  asked: TestSend,
  testId: string,
  parts: TestSendParts,
): Promise<Outcome<Notification>> {
  const { source, templates, nowMs } = parts;
  const tables = source.tables();
  if (!tables) return refused(notRestored(source.progress()));
  const tried = triedIn(asked, templates, tables);
  if (!tried.ok) return tried;
  const known = knownIn(tried.value);
  if (!known) {
    return refused({ status: 409, detail: 'It is for a channel that this release does not know.' });
  }
  const reader = readerIn(tables, asked.data.userId);
  if (!reader.ok) return reader;
  const { address } = asked;
  const not = await mayNotTry(asker, { channel: known.channel, address }, parts);
  if (not) return refused(not);
  const text = await textOf(known, asked, reader.value?.value.locale ?? null, templates);
  if (!text.ok) return text;
  const { value: row } = reader;
  const notification = testNotification({
    testId,
    text: text.value,
    reader: row && { userId: row.key, offset: row.offset },
    address,
    atMs: nowMs(),
  });
  const problem = await writeTest(notification, asker, parts);
  return problem ? refused(problem) : { ok: true, value: notification };
}
