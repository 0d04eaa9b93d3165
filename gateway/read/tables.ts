import { interests } from '../../rules/people.ts';
import type { TablesOf } from '../../runtime/global-tables.ts';
import {
  describeUnreadable,
  isUnreadable,
  type Row,
  type UnreadableRow,
} from '../../runtime/table.ts';
import { topics } from '../../schemas/topics.ts';
import { notFound, notNow, type Outcome, type Problem } from '../http/problem.ts';

/** What the gateway keeps a projection of. */
export const gatewayTopics = {
  users: topics.users,
  preferences: topics.preferences,
  suppressions: topics.suppressions,
  movies: topics.movies,
  comments: topics.comments,
  templates: topics.templates,
  templateDrafts: topics.templateDrafts,
  templateVersions: topics.templateVersions,
  partDrafts: topics.partDrafts,
  partVersions: topics.partVersions,
} as const;

/** What rows are found by. */
export const gatewayWordFields = { users: interests };

export type GatewayTables = TablesOf<typeof gatewayTopics>;

/** How far the tables are restored, counted in records. */
type Progress = { readonly restored: number; readonly total: number };

/** The tables, as soon as they hold all that their topics held at the start. */
export type TableSource = {
  /** Null until the tables are caught up. */
  tables(): GatewayTables | null;
  progress(): Progress;
};

type ValueIn<Name extends keyof GatewayTables> = Extract<
  ReturnType<GatewayTables[Name]['get']>,
  Row<unknown>
>['value'];

const wordFor = {
  users: 'user',
  preferences: 'the preference of user',
  suppressions: 'the suppression of user',
  movies: 'movie',
  comments: 'comment',
  templates: 'template',
  templateDrafts: 'draft of the template',
  templateVersions: 'version of a template',
  partDrafts: 'shared part',
  partVersions: 'version of a shared part',
};

/** There are no tables to answer from yet. */
export function notRestored(progress: Progress): Problem {
  return notNow('The tables are not read yet.', { missing: ['tables'], progress });
}

/** The newest row is there and nobody can read it; whoever wrote it must write it again. */
export function notReadable(name: keyof GatewayTables, id: string, row: UnreadableRow): Problem {
  const what = `The newest record of ${wordFor[name]} ${id} cannot be read`;
  return notNow(`${what} (${describeUnreadable(row)}). It must be written again.`);
}

/** A row by its id, or the problem to answer with. */
export function lookUp<Name extends keyof GatewayTables>(
  source: TableSource,
  name: Name,
  id: string,
): Outcome<ValueIn<Name>> {
  const tables = source.tables();
  if (!tables) return { ok: false, problem: notRestored(source.progress()) };
  const row = tables[name].get(id);
  if (!row) return { ok: false, problem: notFound(`There is no ${wordFor[name]} ${id}.`) };
  if (isUnreadable(row)) return { ok: false, problem: notReadable(name, id, row) };
  return { ok: true, value: row.value as ValueIn<Name> };
}
