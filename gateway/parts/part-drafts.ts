import type { Channel, TemplateText } from '../../schemas/generated/records.ts';
import type { Outcome, Problem } from '../http/problem.ts';
import { type ChangeContext, refused } from '../templates/authored.ts';
import { changedMeanwhile, savedBy } from '../templates/change.ts';
import { type AuthoredPart, noPart, partStateOf } from './authored-part.ts';
import { type PartChange, partAudit, partHead } from './part-change.ts';

/** A part that is begun: for which channel, and its text in each language. */
export type NewPart = { readonly channel: Channel; readonly texts: readonly TemplateText[] };

/** Begins a part. 409 when there is one already, archived ones too. */
export function createPart(
  part: AuthoredPart,
  { channel, texts }: NewPart,
  context: ChangeContext,
): Outcome<PartChange> {
  const { id, head: former } = part;
  if (partStateOf(part) !== null) {
    const advice =
      former?.state === 'archived' ? 'It is archived; restore it.' : 'Take another name.';
    return refused({ status: 409, detail: `There is a shared part ${id} already. ${advice}` });
  }
  const head = {
    partId: id,
    revision: (former?.revision ?? 0) + 1,
    state: 'open',
    channel,
    texts,
    lastVersion: null,
    ...savedBy(context),
  } as const;
  const records = [partHead(head), partAudit(id, 'part.created', context)];
  return { ok: true, value: { records, head, version: null } };
}

/** Why a revision is not the newest any more; null when it is. */
export function partMovedOn({ head, published }: AuthoredPart, revision: number): Problem | null {
  if (!head || head.revision === revision) return null;
  const { revision: newest } = head;
  if (head.state === 'ended' && published && published.publishedAt >= head.savedAt) {
    const { publisherName: name, publishedAt: atMs, version } = published;
    const what = `${name} published version ${version} meanwhile.`;
    return changedMeanwhile(what, { name, atMs, revision: newest });
  }
  const { authorName: name, savedAt: atMs } = head;
  const what = `${name} saved revision ${newest} meanwhile.`;
  return changedMeanwhile(what, { name, atMs, revision: newest });
}

/**
 * Saves a draft of a part, which begins one where there is none. `revision`: the one that the
 * author saw; another one means that somebody else saved meanwhile: 409 that says who and when.
 */
export function savePart(
  part: AuthoredPart,
  input: { readonly revision: number; readonly texts: readonly TemplateText[] },
  context: ChangeContext,
): Outcome<PartChange> {
  const { id, head: former } = part;
  const state = partStateOf(part);
  if (state === null || !former) return refused(noPart(id));
  if (state === 'archived') {
    return refused({ status: 409, detail: `The shared part ${id} is archived; restore it first.` });
  }
  const meanwhile = partMovedOn(part, input.revision);
  if (meanwhile) return refused(meanwhile);
  const { texts } = input;
  const revision = input.revision + 1;
  const head = { ...former, revision, state: 'open', texts, ...savedBy(context) } as const;
  return { ok: true, value: { records: [partHead(head)], head, version: null } };
}

/** Ends a draft that shall not be published. A part that was never published is gone then. */
export function discardPart(
  part: AuthoredPart,
  { revision }: { readonly revision: number },
  context: ChangeContext,
): Outcome<PartChange> {
  const { id, head: former } = part;
  if (former?.state !== 'open') {
    return refused({ status: 404, detail: `The shared part ${id} has no draft.` });
  }
  const meanwhile = partMovedOn(part, revision);
  if (meanwhile) return refused(meanwhile);
  const head = {
    ...former,
    revision: revision + 1,
    state: 'ended',
    texts: [],
    ...savedBy(context),
  } as const;
  const audit = partAudit(id, 'part.discarded', context, { revision });
  return { ok: true, value: { records: [partHead(head), audit], head, version: null } };
}
