import type {
  TemplateDraft,
  TemplateVersion,
  TemplateVersionKind,
} from '../../schemas/generated/records.ts';
import type { Outcome } from '../http/problem.ts';
import { type Authored, authorOf, type ChangeContext, versionIdOf } from './authored.ts';
import {
  auditOf,
  headRecord,
  knownKind,
  publishedRow,
  savedBy,
  type TemplateChange,
  versionRecord,
} from './change.ts';

type Texts = Pick<
  TemplateVersion,
  'eventType' | 'channel' | 'locale' | 'texts' | 'sources' | 'parts' | 'params'
>;
type Author = ReturnType<typeof authorOf>;
export type Step = {
  readonly kind: TemplateVersionKind;
  readonly texts: Texts;
  readonly author: Author;
  readonly sourceVersion: number | null;
  readonly note: string;
};

/** Texts that another service published are no step of the history until they are replaced. */
export const upstream: Author = { kind: 'system', id: 'upstream', name: 'upstream' };

/**
 * The row that is in the topic, as a step of the history; null where it is one already, or of a
 * kind that this release does not know.
 */
function adopted(authored: Authored, { changeId, atMs }: ChangeContext): TemplateVersion | null {
  const { id, published: row, head } = authored;
  const kind = row && knownKind(row);
  if (!row || !kind || authored.version(row.version)) return null;
  const { version, locale, texts, params } = row;
  return {
    versionId: versionIdOf(id, version),
    templateId: id,
    version,
    previousVersion: head?.lastVersion ?? null,
    kind: 'adopted',
    sourceVersion: null,
    ...kind,
    locale,
    texts,
    sources: [],
    parts: [],
    params,
    note: '',
    authorKind: upstream.kind,
    authorId: upstream.id,
    authorName: upstream.name,
    publisherKind: upstream.kind,
    publisherId: upstream.id,
    publisherName: upstream.name,
    publishedAt: atMs,
    changeId,
  };
}

/** The next step of the history, with the one that has to come before it. */
export function stepsTo(authored: Authored, step: Step, context: ChangeContext) {
  const { id, published, head } = authored;
  const before = adopted(authored, context);
  const previous = before?.version ?? head?.lastVersion ?? null;
  const version = Math.max(previous ?? 0, published?.version ?? 0) + 1;
  const { changeId, atMs, by } = context;
  const next: TemplateVersion = {
    versionId: versionIdOf(id, version),
    templateId: id,
    version,
    previousVersion: previous,
    kind: step.kind,
    sourceVersion: step.sourceVersion,
    ...step.texts,
    note: step.note,
    authorKind: step.author.kind,
    authorId: step.author.id,
    authorName: step.author.name,
    publisherKind: by.kind,
    publisherId: by.id,
    publisherName: by.name,
    publishedAt: atMs,
    changeId,
  };
  return { next, records: [...(before ? [before] : []), next].map(versionRecord) };
}

/** All of a version that a later one of the same texts has too. */
export const textsOf = (version: TemplateVersion): Texts => ({
  eventType: version.eventType,
  channel: version.channel,
  locale: version.locale,
  texts: version.texts,
  sources: version.sources,
  parts: version.parts,
  params: version.params,
});

/** The head behind a step that is no draft's end: a draft that is open goes on. */
export function headAfter(
  { id, head }: Authored,
  { version, eventType, channel, locale }: TemplateVersion,
  context: ChangeContext,
): TemplateDraft {
  if (head) {
    const state = head.texts.length > 0 ? 'open' : 'ended';
    return { ...head, state, lastVersion: version, changeId: context.changeId };
  }
  const rest = { eventType, channel, locale, texts: [], lastVersion: version };
  return { templateId: id, revision: 1, state: 'ended', ...rest, ...savedBy(context) };
}

/** Publishes texts of the history again, as a new version: they were approved before. */
export function publishAgain(
  authored: Authored,
  source: TemplateVersion,
  step: { readonly kind: 'rolledBack' | 'restored'; readonly note: string },
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { next, records } = stepsTo(
    authored,
    {
      ...step,
      texts: textsOf(source),
      author: authorOf(source),
      sourceVersion: source.version,
    },
    context,
  );
  const head = headAfter(authored, next, context);
  const action = step.kind === 'restored' ? 'template.restored' : 'template.rolled-back';
  const detail = { version: next.version, source: source.version };
  const all = [...records, publishedRow(next), headRecord(head)];
  const audit = auditOf(authored, action, context, detail);
  return { ok: true, value: { records: [...all, audit], head, version: next } };
}
