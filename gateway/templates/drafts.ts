import type { Channel, EventType, TemplateText } from '../../schemas/generated/records.ts';
import type { Outcome } from '../http/problem.ts';
import { type Authored, type ChangeContext, noTemplate, refused, stateOf } from './authored.ts';
import {
  auditOf,
  changedMeanwhile,
  headRecord,
  knownKind,
  savedBy,
  type TemplateChange,
} from './change.ts';

/** What somebody writes: in which languages, and which one is for those who have none of them. */
export type Written = { readonly locale: string; readonly texts: readonly TemplateText[] };

export type NewTemplate = Written & {
  readonly eventType: EventType;
  readonly channel: Channel;
};

/** Begins a template. 409 when there is one already, archived ones too. */
export function createTemplate(
  authored: Authored,
  written: NewTemplate,
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id, head: former } = authored;
  if (stateOf(authored) !== null) {
    const advice =
      former?.state === 'archived' ? 'It is archived; restore it.' : 'Take another id.';
    return refused({ status: 409, detail: `There is a template ${id} already. ${advice}` });
  }
  const head = {
    templateId: id,
    revision: (former?.revision ?? 0) + 1,
    state: 'open',
    ...written,
    lastVersion: former?.lastVersion ?? null,
    ...savedBy(context),
  } as const;
  const records = [headRecord(head), auditOf(authored, 'template.created', context)];
  return { ok: true, value: { records, head, version: null } };
}

/**
 * Saves a draft, which begins one where there is none. `revision`: the one that the author saw, 0
 * for a template that nobody has written here yet. Another one means that somebody else saved
 * meanwhile: 409 that says who and when.
 */
export function saveDraft(
  authored: Authored,
  input: Written & { readonly revision: number },
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id, published, head: former } = authored;
  const state = stateOf(authored);
  const kind = former ?? (published && knownKind(published));
  if (state === null || !kind) return refused(noTemplate(id));
  if (state === 'archived') {
    return refused({ status: 409, detail: `Template ${id} is archived; restore it first.` });
  }
  const meanwhile = movedOn(authored, input.revision);
  if (meanwhile) return refused(meanwhile);
  const head = {
    templateId: id,
    revision: input.revision + 1,
    state: 'open',
    eventType: kind.eventType,
    channel: kind.channel,
    locale: input.locale,
    texts: input.texts,
    lastVersion: former?.lastVersion ?? null,
    ...savedBy(context),
  } as const;
  return { ok: true, value: { records: [headRecord(head)], head, version: null } };
}

/** Why a revision is not the newest any more; null when it is. */
export function movedOn(authored: Authored, revision: number) {
  const { head } = authored;
  if ((head?.revision ?? 0) === revision) return null;
  if (!head)
    return changedMeanwhile('There is no such revision.', { name: '', atMs: 0, revision: 0 });
  const { authorName: name, savedAt: atMs, revision: newest } = head;
  const last = head.state === 'ended' ? authored.version(head.lastVersion ?? 0) : null;
  if (last && last.publishedAt >= atMs) {
    const who = { name: last.publisherName, atMs: last.publishedAt, revision: newest };
    const what = `${last.publisherName} published version ${last.version} meanwhile.`;
    return changedMeanwhile(what, who);
  }
  return changedMeanwhile(`${name} saved revision ${newest} meanwhile.`, {
    name,
    atMs,
    revision: newest,
  });
}

/**
 * Ends a draft that shall not be published. A template that was never published is gone then, but
 * for its revision: it never comes twice, whatever is begun under the same id.
 */
export function discardDraft(
  authored: Authored,
  { revision }: { readonly revision: number },
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id, head: former } = authored;
  if (former?.state !== 'open') {
    return refused({ status: 404, detail: `Template ${id} has no draft.` });
  }
  const meanwhile = movedOn(authored, revision);
  if (meanwhile) return refused(meanwhile);
  const audit = auditOf(authored, 'template.discarded', context, { revision });
  const head = {
    ...former,
    revision: revision + 1,
    state: 'ended',
    texts: [],
    ...savedBy(context),
  } as const;
  return { ok: true, value: { records: [headRecord(head), audit], head, version: null } };
}
