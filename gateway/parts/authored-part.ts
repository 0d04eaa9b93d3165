import { type PartSource, partsMentionedIn } from '../../rendering/part-source.ts';
import type { PartDraft, PartVersion, TemplateText } from '../../schemas/generated/records.ts';
import { notFound, type Outcome, type Problem } from '../http/problem.ts';
import type { GatewayTables } from '../read/tables.ts';
import { rowIn, type TemplateState } from '../templates/authored.ts';

export type PartTables = Pick<GatewayTables, 'partDrafts' | 'partVersions'>;

/** What is known of one shared part. */
export type AuthoredPart = {
  readonly id: string;
  /** What is being written, or where the history ends; null: nobody ever wrote one. */
  readonly head: PartDraft | null;
  /** What templates are put together of from now on; null where none is, archived ones too. */
  readonly published: PartVersion | null;
  /** A step of its history. */
  version(version: number): PartVersion | null;
};

export const noPart = (id: string): Problem => notFound(`There is no shared part ${id}.`);

/** What the tables have of a part; a problem when a row of it cannot be read. */
export function partIn(tables: PartTables, id: string): Outcome<AuthoredPart> {
  const found = rowIn(tables.partDrafts, 'partDrafts', id);
  if (!found.ok) return found;
  const { value: head } = found;
  const version = (number: number) => {
    const row = rowIn(tables.partVersions, 'partVersions', `${id}:${number}`);
    return row.ok ? row.value : null;
  };
  const last = head?.lastVersion ?? null;
  const published = last === null || head?.state === 'archived' ? null : version(last);
  return { ok: true, value: { id, head, published, version } };
}

/** Where a part stands; null: there is none. */
export function partStateOf({ head, published }: AuthoredPart): TemplateState | null {
  if (head?.state === 'archived') return 'archived';
  if (head?.state === 'open') return published ? 'changed' : 'draft';
  return published ? 'published' : null;
}

/** The history of a part, newest first; at most so many steps. */
export function partHistory({ head, version }: AuthoredPart, maxSteps: number) {
  const steps: PartVersion[] = [];
  for (let next = head?.lastVersion ?? 0; next > 0 && steps.length < maxSteps; next -= 1) {
    const step = version(next);
    if (!step) break;
    steps.push(step);
  }
  return steps;
}

/** Parts that one text can be made of; of more, the rest is told to be missing. */
const maxSources = 100;

type Written = readonly Pick<TemplateText, 'body'>[];

export const mentionedIn = (texts: Written): readonly string[] =>
  texts.flatMap(({ body }) => partsMentionedIn(body));

/** All published parts that texts mention, and those that these mention. */
export function partSourcesFor(tables: PartTables, texts: Written): Outcome<readonly PartSource[]> {
  const sources = new Map<string, PartSource | null>();
  const open = [...mentionedIn(texts)];
  for (let id = open.pop(); id !== undefined && sources.size < maxSources; id = open.pop()) {
    if (sources.has(id)) continue;
    const part = partIn(tables, id);
    if (!part.ok) return part;
    const { published } = part.value;
    sources.set(id, published && { ...published, id });
    if (published) open.push(...mentionedIn(published.texts));
  }
  return { ok: true, value: [...sources.values()].filter((source) => source !== null) };
}
