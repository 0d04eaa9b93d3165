import { topics } from '../../schemas/topics.ts';
import type { Outcome } from '../http/problem.ts';
import { recordOf } from '../write/publisher.ts';
import {
  type Authored,
  authorOf,
  type ChangeContext,
  noTemplate,
  refused,
  stateOf,
} from './authored.ts';
import { auditOf, headRecord, knownKind, type TemplateChange } from './change.ts';
import { headAfter, publishAgain, type Step, stepsTo, textsOf, upstream } from './history-step.ts';

/** Takes a template out of use. What is written of it stays, and it can be restored. */
export function archiveTemplate(
  authored: Authored,
  { note }: { readonly note: string },
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id, published, head: former } = authored;
  const state = stateOf(authored);
  if (state === null) return refused(noTemplate(id));
  if (state === 'archived') {
    return refused({ status: 409, detail: `Template ${id} is archived already.` });
  }
  const kind = published && knownKind(published);
  if (!published || !kind) return archiveDraft(authored, context);
  const { locale, texts, params, version: sourceVersion } = published;
  const last = authored.version(sourceVersion);
  const step: Step = {
    kind: 'archived',
    texts: last ? textsOf(last) : { ...kind, locale, texts, sources: [], parts: [], params },
    author: last ? authorOf(last) : upstream,
    sourceVersion,
    note,
  };
  const { next, records } = stepsTo(authored, step, context);
  const head = { ...headAfter(authored, next, context), state: 'archived' } as const;
  const gone = recordOf(topics.templates, id, null);
  const audit = auditOf(authored, 'template.archived', context, { version: next.version });
  const revision = former ? former.revision + 1 : head.revision;
  const kept = { ...head, revision };
  const all = [...records, gone, headRecord(kept), audit];
  return { ok: true, value: { records: all, head: kept, version: next } };
}

/** Nothing of it was ever published, so its history gets no step. */
function archiveDraft(authored: Authored, context: ChangeContext): Outcome<TemplateChange> {
  const { id, head: former } = authored;
  if (!former) return refused(noTemplate(id));
  const { changeId } = context;
  const head = { ...former, revision: former.revision + 1, state: 'archived', changeId } as const;
  const audit = auditOf(authored, 'template.archived', context);
  return { ok: true, value: { records: [headRecord(head), audit], head, version: null } };
}

/** Puts an archived template back into use, with the texts it had, or those of another version. */
export function restoreTemplate(
  authored: Authored,
  input: { readonly version: number | null; readonly note: string },
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id, head: former } = authored;
  if (former?.state !== 'archived') {
    return refused({ status: 409, detail: `Template ${id} is not archived.` });
  }
  const wanted = input.version ?? former.lastVersion;
  if (wanted === null) {
    const { revision } = former;
    const head = {
      ...former,
      revision: revision + 1,
      state: 'open',
      changeId: context.changeId,
    } as const;
    const audit = auditOf(authored, 'template.restored', context);
    return { ok: true, value: { records: [headRecord(head), audit], head, version: null } };
  }
  const source = authored.version(wanted);
  if (!source) {
    return refused({ status: 404, detail: `Template ${id} has no version ${wanted}.` });
  }
  const bumped = { ...authored, head: { ...former, revision: former.revision + 1 } };
  return publishAgain(bumped, source, { kind: 'restored', note: input.note }, context);
}
