import type {
  Channel,
  EventType,
  Template,
  TemplateDraft,
  TemplateVersion,
} from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { auditEntry } from '../audit.ts';
import type { Problem } from '../http/problem.ts';
import { type GatewayRecord, recordOf } from '../write/publisher.ts';
import { type Authored, authoredIn, type ChangeContext, type TemplateTables } from './authored.ts';

/** What is to be written, as a whole or not at all, and what it comes to. */
export type TemplateChange = {
  readonly records: readonly GatewayRecord[];
  /** The head as it is afterwards. */
  readonly head: TemplateDraft;
  /** The step that was added to the history. */
  readonly version: TemplateVersion | null;
};

/** The change with this id, as far as the tables hold it; null: they do not. */
export function changeIn(
  tables: TemplateTables,
  id: string,
  changeId: string,
): TemplateChange | null {
  const authored = authoredIn(tables, id);
  const head = authored.ok ? authored.value.head : null;
  if (!authored.ok || head?.changeId !== changeId) return null;
  const last = authored.value.version(head.lastVersion ?? 0);
  return { records: [], head, version: last?.changeId === changeId ? last : null };
}

type Action =
  `template.${'created' | 'discarded' | 'published' | 'rolled-back' | 'archived' | 'restored'}`;

/** The record of who did what; without texts. */
export function auditOf(
  { id }: Authored,
  action: Action,
  { changeId, atMs, by }: ChangeContext,
  detail: Readonly<Record<string, string | number | null>> = {},
): GatewayRecord {
  const subject = { kind: 'template', id };
  const entry = auditEntry({ entryId: changeId, atMs, actor: by, action, subject, detail });
  return recordOf(topics.audit, entry.entryId, entry);
}

/** The fields that say who wrote a row of the head, and when. */
export const savedBy = ({ changeId, atMs, by }: ChangeContext) => ({
  authorKind: by.kind,
  authorId: by.id,
  authorName: by.name,
  savedAt: atMs,
  changeId,
});

export const headRecord = (head: TemplateDraft): GatewayRecord =>
  recordOf(topics.templateDrafts, head.templateId, head);

export const versionRecord = (version: TemplateVersion): GatewayRecord =>
  recordOf(topics.templateVersions, version.versionId, version);

/** The row that the engine renders, of a version. */
export function publishedRow(version: TemplateVersion): GatewayRecord {
  const { templateId: id, version: number, eventType, channel, locale, texts, params } = version;
  const row = { id, version: number, eventType, channel, locale, texts, params };
  return recordOf(topics.templates, id, row);
}

/** Events and channels that this release knows; null for a row of a later one. */
export function knownKind(
  row: Pick<Template, 'eventType' | 'channel'>,
): { readonly eventType: EventType; readonly channel: Channel } | null {
  const { eventType, channel } = row;
  return eventType === 'unknown' || channel === 'unknown' ? null : { eventType, channel };
}

const isoTime = (timeMs: number) => new Date(timeMs).toISOString();

/** Somebody else was faster: who, and when, so that people can speak to each other. */
export function changedMeanwhile(
  detail: string,
  who: { readonly name: string; readonly atMs: number; readonly revision: number },
): Problem {
  const { name, atMs, revision } = who;
  return {
    status: 409,
    detail: `${detail} Read it again, and then decide.`,
    members: { conflict: { by: name, at: isoTime(atMs), revision } },
  };
}
