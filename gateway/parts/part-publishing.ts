import type { PreparedPart } from '../../rendering/check-part.ts';
import type { PartDraft, PartVersion, UsedPart } from '../../schemas/generated/records.ts';
import { notNow, type Outcome, type Problem } from '../http/problem.ts';
import { type ChangeContext, refused, type TemplateTables } from '../templates/authored.ts';
import { problemsFound } from '../templates/problems.ts';
import { type AuthoredPart, noPart, partIn, partStateOf } from './authored-part.ts';
import { type PartChange, partAudit, partHead, partVersion } from './part-change.ts';
import { partMovedOn } from './part-drafts.ts';
import { usesOf } from './part-uses.ts';

/** Why a text that was put together of these versions is not what it would be now; null: it is. */
export function partsMovedOn(tables: TemplateTables, used: readonly UsedPart[]): Problem | null {
  const stale = used.find(({ partId, version }) => {
    const part = partIn(tables, partId);
    return !part.ok || part.value.published?.version !== version;
  });
  if (!stale) return null;
  return notNow(`The shared part ${stale.partId} was changed a moment ago. Nothing was published.`);
}

/** What is published when the draft of a part is, and by whom it may be. */
export type PartPublishing = {
  /** The revision that was looked at. */
  readonly revision: number;
  readonly note: string;
  /** What a check of that revision found. */
  readonly prepared: PreparedPart;
  /** Whether the last author may not publish their own text. */
  readonly fourEyes: boolean;
};

/** Publishes the draft of a part. What was published with it before stays as it is. */
export function publishPart(
  part: AuthoredPart,
  tables: TemplateTables,
  { revision, note, prepared, fourEyes }: PartPublishing,
  context: ChangeContext,
): Outcome<PartChange> {
  const { id, head: draft } = part;
  const { by } = context;
  const meanwhile = partStateOf(part) === null ? null : partMovedOn(part, revision);
  if (meanwhile) return refused(meanwhile);
  if (draft?.state !== 'open') {
    return refused({ status: 404, detail: `The shared part ${id} has no draft to publish.` });
  }
  if (fourEyes && draft.authorKind === by.kind && draft.authorId === by.id) {
    const detail = `You saved this draft of ${id} last; TEMPLATES_FOUR_EYES wants somebody else.`;
    return refused({ status: 403, detail });
  }
  if (prepared.problems.length > 0) return refused(problemsFound(prepared.problems));
  const stale = partsMovedOn(tables, prepared.parts);
  if (stale) return refused(stale);
  const next = versionOf(draft, { note, parts: prepared.parts }, context);
  const { version } = next;
  const head = {
    ...draft,
    revision: revision + 1,
    state: 'ended',
    texts: [],
    lastVersion: version,
    changeId: context.changeId,
  } as const;
  const audit = partAudit(id, 'part.published', context, { version });
  const records = [partVersion(next), partHead(head), audit];
  return { ok: true, value: { records, head, version: next } };
}

/** The next step of the history, of the texts that were written. */
function versionOf(
  draft: PartDraft,
  { note, parts }: Pick<PartVersion, 'note' | 'parts'>,
  { by, changeId, atMs }: ChangeContext,
): PartVersion {
  const { partId, channel, texts } = draft;
  const version = (draft.lastVersion ?? 0) + 1;
  return {
    versionId: `${partId}:${version}`,
    partId,
    version,
    channel,
    texts,
    parts,
    note,
    authorKind: draft.authorKind,
    authorId: draft.authorId,
    authorName: draft.authorName,
    publisherKind: by.kind,
    publisherId: by.id,
    publisherName: by.name,
    publishedAt: atMs,
    changeId,
  };
}

/** Takes a part out of use, which only one can be that nothing mentions: 409 names who does. */
export function archivePart(
  part: AuthoredPart,
  tables: TemplateTables,
  context: ChangeContext,
): Outcome<PartChange> {
  const { id, head: former } = part;
  const state = partStateOf(part);
  if (state === null || !former) return refused(noPart(id));
  if (state === 'archived') {
    return refused({ status: 409, detail: `The shared part ${id} is archived already.` });
  }
  const uses = usesOf(tables, id);
  const users = [...uses.templates.map(({ templateId }) => templateId), ...uses.parts];
  if (users.length > 0) {
    const detail = `The shared part ${id} is used in ${users.length}: ${users[0]}. Take it out.`;
    return refused({ status: 409, detail, members: { used_in: users } });
  }
  const head = {
    ...former,
    revision: former.revision + 1,
    state: 'archived',
    changeId: context.changeId,
  } as const;
  const audit = partAudit(id, 'part.archived', context, { version: former.lastVersion });
  return { ok: true, value: { records: [partHead(head), audit], head, version: null } };
}

/** Puts an archived part back into use: as it was published last, with the draft that it had. */
export function restorePart(part: AuthoredPart, context: ChangeContext): Outcome<PartChange> {
  const { id, head: former } = part;
  if (former?.state !== 'archived') {
    return refused({ status: 409, detail: `The shared part ${id} is not archived.` });
  }
  const { changeId } = context;
  const isOpen = former.texts.length > 0 || former.lastVersion === null;
  const state = isOpen ? 'open' : 'ended';
  const head = { ...former, revision: former.revision + 1, state, changeId } as const;
  const audit = partAudit(id, 'part.restored', context, { version: former.lastVersion });
  return { ok: true, value: { records: [partHead(head), audit], head, version: null } };
}
