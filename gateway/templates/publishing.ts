import {
  type PreparedTemplate,
  paramsOf,
  type TemplateSource,
} from '../../rendering/check-template.ts';
import type { TemplateDraft } from '../../schemas/generated/records.ts';
import type { Outcome } from '../http/problem.ts';
import {
  type Authored,
  authorOf,
  type ChangeContext,
  noTemplate,
  refused,
  stateOf,
} from './authored.ts';
import { auditOf, headRecord, publishedRow, type TemplateChange } from './change.ts';
import { movedOn } from './drafts.ts';
import { publishAgain, type Step, stepsTo } from './history-step.ts';
import { problemsFound } from './problems.ts';

/** What is published when a draft is, and by whom it may be. */
export type Publishing = {
  /** The revision that was looked at. */
  readonly revision: number;
  readonly note: string;
  /** What that revision comes to with its shared parts in place, and what is wrong with it. */
  readonly prepared: PreparedTemplate;
  /** Whether the last author may not publish their own text. */
  readonly fourEyes: boolean;
};

/** Publishes a draft: the draft ends, the engine renders it from now on. */
export function publishDraft(
  authored: Authored,
  { revision, note, prepared, fourEyes }: Publishing,
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id, head: draft } = authored;
  const meanwhile = stateOf(authored) === null ? null : movedOn(authored, revision);
  if (meanwhile) return refused(meanwhile);
  if (draft?.state !== 'open') {
    return refused({ status: 404, detail: `Template ${id} has no draft to publish.` });
  }
  if (fourEyes && draft.authorKind === context.by.kind && draft.authorId === context.by.id) {
    const detail = `You saved this draft of ${id} last; TEMPLATES_FOUR_EYES wants somebody else.`;
    return refused({ status: 403, detail });
  }
  if (prepared.problems.length > 0) return refused(problemsFound(prepared.problems));
  const step: Step = {
    kind: 'published',
    texts: preparedTexts(draft, prepared),
    author: authorOf(draft),
    sourceVersion: null,
    note,
  };
  const { next, records } = stepsTo(authored, step, context);
  const head = endedAt(draft, next.version, context);
  const audit = auditOf(authored, 'template.published', context, { version: next.version });
  const all = [...records, publishedRow(next), headRecord(head), audit];
  return { ok: true, value: { records: all, head, version: next } };
}

/** What is published: texts that stand for themselves, and how their author wrote them. */
export function preparedTexts(
  written: TemplateSource,
  { texts, parts }: PreparedTemplate,
): Step['texts'] {
  const { eventType, channel, locale } = written;
  const whole = { eventType, channel, locale, texts };
  const sources = parts.length > 0 ? written.texts : [];
  return { ...whole, sources, parts, params: paramsOf(whole) };
}

function endedAt(draft: TemplateDraft, version: number, context: ChangeContext): TemplateDraft {
  const { changeId } = context;
  const { revision } = draft;
  return {
    ...draft,
    revision: revision + 1,
    state: 'ended',
    texts: [],
    lastVersion: version,
    changeId,
  };
}

/** Publishes an older version again. `current`: the version that was looked at when deciding. */
export function rollBack(
  authored: Authored,
  input: { readonly version: number; readonly note: string },
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id } = authored;
  const state = stateOf(authored);
  if (state === null) return refused(noTemplate(id));
  if (state === 'archived') {
    return refused({ status: 409, detail: `Template ${id} is archived; restore it instead.` });
  }
  const source = authored.version(input.version);
  if (!source) {
    return refused({ status: 404, detail: `Template ${id} has no version ${input.version}.` });
  }
  return publishAgain(authored, source, { kind: 'rolledBack', note: input.note }, context);
}
