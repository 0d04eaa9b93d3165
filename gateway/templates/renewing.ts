import type { PreparedTemplate } from '../../rendering/check-template.ts';
import type { TemplateVersion, UsedPart } from '../../schemas/generated/records.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import { partIn } from '../parts/authored-part.ts';
import { partsMovedOn } from '../parts/part-publishing.ts';
import {
  type Authored,
  authorOf,
  type ChangeContext,
  noTemplate,
  type Person,
  refused,
  stateOf,
  type TemplateTables,
} from './authored.ts';
import { auditOf, headRecord, publishedRow, type TemplateChange } from './change.ts';
import { headAfter, type Step, stepsTo } from './history-step.ts';
import { problemsFound } from './problems.ts';
import { preparedTexts } from './publishing.ts';
import { versionSource } from './which.ts';

/** What a template is published again with. */
export type Renewal = {
  /** The version that was looked at. */
  readonly version: number;
  readonly note: string;
  /** What its texts come to with the parts as they are now. */
  readonly prepared: PreparedTemplate;
  /** Whether the author of a part that comes in may not be the one who publishes it there. */
  readonly fourEyes: boolean;
};

/** The version of a template that is in use; null where another service wrote it, or none is. */
export const currentVersion = ({ published, version }: Authored): TemplateVersion | null =>
  published && version(published.version);

function incoming(current: TemplateVersion, { parts }: PreparedTemplate): readonly UsedPart[] {
  const isThere = ({ partId, version }: UsedPart) =>
    current.parts.some((part) => part.partId === partId && part.version === version);
  return parts.filter((part) => !isThere(part));
}

function isAuthor(tables: TemplateTables, by: Person, { partId, version }: UsedPart): boolean {
  const part = partIn(tables, partId);
  const step = part.ok ? part.value.version(version) : null;
  return step?.authorKind === by.kind && step.authorId === by.id;
}

/**
 * Publishes the texts of a template again, as they were written, with the newest versions of their
 * shared parts: a new version. A draft that is open goes on.
 */
export function renewTemplate(
  authored: Authored,
  tables: TemplateTables,
  { version, note, prepared, fourEyes }: Renewal,
  context: ChangeContext,
): Outcome<TemplateChange> {
  const { id } = authored;
  if (stateOf(authored) === null) return refused(noTemplate(id));
  const current = currentVersion(authored);
  if (!current || current.parts.length === 0) {
    return refused({ status: 409, detail: `Template ${id} has no shared parts in use.` });
  }
  if (current.version !== version) {
    return refused(notNow(`Template ${id} was published a moment ago. Nothing was published.`));
  }
  if (prepared.problems.length > 0) return refused(problemsFound(prepared.problems));
  const stale = partsMovedOn(tables, prepared.parts);
  if (stale) return refused(stale);
  const news = incoming(current, prepared);
  if (news.length === 0) {
    return refused({ status: 409, detail: `Template ${id} has the newest parts already.` });
  }
  if (fourEyes && news.some((part) => isAuthor(tables, context.by, part))) {
    const detail = `You wrote a part that is new in ${id}; TEMPLATES_FOUR_EYES wants another.`;
    return refused({ status: 403, detail });
  }
  const step: Step = {
    kind: 'published',
    texts: preparedTexts(versionSource(current, 'written'), prepared),
    author: authorOf(current),
    sourceVersion: current.version,
    note,
  };
  const { next, records } = stepsTo(authored, step, context);
  const head = headAfter(authored, next, context);
  const detail = {
    version: next.version,
    source: current.version,
    parts: news.map((part) => `${part.partId}:${part.version}`).join(' '),
  };
  const audit = auditOf(authored, 'template.published', context, detail);
  const all = [...records, publishedRow(next), headRecord(head), audit];
  return { ok: true, value: { records: all, head, version: next } };
}
