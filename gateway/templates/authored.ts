import { isUnreadable, type Table } from '../../runtime/table.ts';
import type { Template, TemplateDraft, TemplateVersion } from '../../schemas/generated/records.ts';
import type { Identity } from '../http/identity.ts';
import { notFound, type Outcome, type Problem } from '../http/problem.ts';
import { type GatewayTables, notReadable } from '../read/tables.ts';

/** What is known of one template. */
export type Authored = {
  readonly id: string;
  /** What the engine renders now. */
  readonly published: Template | null;
  /** What is being written, or where the history ends; null for one that only upstream wrote. */
  readonly head: TemplateDraft | null;
  /** A step of its history. */
  version(version: number): TemplateVersion | null;
};

/** Where a template stands: `changed` is published, with a draft of what comes next. */
export type TemplateState = 'draft' | 'published' | 'changed' | 'archived';

/** All that the one pen writes. */
export type TemplateTables = Pick<
  GatewayTables,
  'templates' | 'templateDrafts' | 'templateVersions' | 'partDrafts' | 'partVersions'
>;

export type Person = Pick<Identity, 'kind' | 'id' | 'name'>;

/** What a change is made with: who, when, and an id of its own. */
export type ChangeContext = {
  readonly changeId: string;
  readonly atMs: number;
  readonly by: Person;
};

export const refused = (problem: Problem): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem,
});

export const versionIdOf = (templateId: string, version: number): string =>
  `${templateId}:${version}`;

/** The value of a row; null where there is none, a problem where nobody can read it. */
export function rowIn<V>(
  table: Table<V>,
  name: keyof TemplateTables,
  key: string,
): Outcome<V | null> {
  const row = table.get(key);
  if (isUnreadable(row)) return refused(notReadable(name, key, row));
  return { ok: true, value: row?.value ?? null };
}

/** What the tables have of a template; a problem when a row of it cannot be read. */
export function authoredIn(tables: TemplateTables, id: string): Outcome<Authored> {
  const published = rowIn(tables.templates, 'templates', id);
  if (!published.ok) return published;
  const head = rowIn(tables.templateDrafts, 'templateDrafts', id);
  if (!head.ok) return head;
  const version = (number: number) => {
    const found = rowIn(tables.templateVersions, 'templateVersions', versionIdOf(id, number));
    return found.ok ? found.value : null;
  };
  return { ok: true, value: { id, published: published.value, head: head.value, version } };
}

/** Where a template stands; null: there is none. */
export function stateOf({ published, head }: Authored): TemplateState | null {
  if (head?.state === 'archived') return 'archived';
  if (head?.state === 'open') return published ? 'changed' : 'draft';
  return published ? 'published' : null;
}

export const noTemplate = (id: string): Problem => notFound(`There is no template ${id}.`);

/** The history of a template, newest first; at most so many steps. */
export function historyOf(authored: Authored, maxSteps: number): readonly TemplateVersion[] {
  const steps: TemplateVersion[] = [];
  let next = authored.head?.lastVersion ?? null;
  while (next !== null && steps.length < maxSteps) {
    const version = authored.version(next);
    if (!version) break;
    steps.push(version);
    next = version.previousVersion;
  }
  return steps;
}

/** The texts of a version as their author wrote them: shared parts by their names. */
export const writtenTexts = ({ texts, sources }: TemplateVersion) =>
  sources.length > 0 ? sources : texts;

/** The author of a row, as whoever made a change. */
export const authorOf = (row: {
  readonly authorKind: string;
  readonly authorId: string;
  readonly authorName: string;
}): { readonly kind: string; readonly id: string; readonly name: string } => ({
  kind: row.authorKind,
  id: row.authorId,
  name: row.authorName,
});
