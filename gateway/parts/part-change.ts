import type { PartDraft, PartVersion } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { auditEntry } from '../audit.ts';
import type { ChangeContext, TemplateTables } from '../templates/authored.ts';
import { type GatewayRecord, recordOf } from '../write/publisher.ts';
import { partIn } from './authored-part.ts';

/** What is to be written of a part, as a whole or not at all, and what it comes to. */
export type PartChange = {
  readonly records: readonly GatewayRecord[];
  /** The head as it is afterwards. */
  readonly head: PartDraft;
  /** The step that was added to the history. */
  readonly version: PartVersion | null;
};

/** The change with this id, as far as the tables hold it; null: they do not. */
export function changeOfPart(
  tables: TemplateTables,
  id: string,
  changeId: string,
): PartChange | null {
  const part = partIn(tables, id);
  const head = part.ok ? part.value.head : null;
  if (!part.ok || head?.changeId !== changeId) return null;
  const last = part.value.version(head.lastVersion ?? 0);
  return { records: [], head, version: last?.changeId === changeId ? last : null };
}

type Action = `part.${'created' | 'discarded' | 'published' | 'archived' | 'restored'}`;

/** The record of who did what; without texts. */
export function partAudit(
  id: string,
  action: Action,
  { changeId, atMs, by }: ChangeContext,
  detail: Readonly<Record<string, string | number | null>> = {},
): GatewayRecord {
  const subject = { kind: 'part', id };
  const entry = auditEntry({ entryId: changeId, atMs, actor: by, action, subject, detail });
  return recordOf(topics.audit, entry.entryId, entry);
}

export const partHead = (head: PartDraft): GatewayRecord =>
  recordOf(topics.partDrafts, head.partId, head);

export const partVersion = (version: PartVersion): GatewayRecord =>
  recordOf(topics.partVersions, version.versionId, version);
