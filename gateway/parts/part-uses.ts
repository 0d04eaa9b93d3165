import { isUnreadable } from '../../runtime/table.ts';
import type { PartVersion } from '../../schemas/generated/records.ts';
import { authoredIn, stateOf, type TemplateTables } from '../templates/authored.ts';
import { templateIdsIn } from '../templates/list.ts';
import { mentionedIn, partIn, partStateOf } from './authored-part.ts';

/** A template that a part is put into, or will be. */
export type TemplateUse = {
  readonly templateId: string;
  /** The version of the part that is in what is published; null: it is not in there. */
  readonly publishedWith: number | null;
  /** Whether the draft mentions it. */
  readonly inDraft: boolean;
};

/** Where a part is used. */
export type PartUses = {
  readonly templates: readonly TemplateUse[];
  /** Other parts, published or being written, that mention it. */
  readonly parts: readonly string[];
};

/** The ids of all parts that somebody can read, in their order. */
export function partIdsIn(tables: TemplateTables): readonly string[] {
  const rows = [...tables.partDrafts.rows()];
  return rows.flatMap((row) => (isUnreadable(row) ? [] : [row.key])).toSorted();
}

function useIn(tables: TemplateTables, templateId: string, partId: string): TemplateUse | null {
  const found = authoredIn(tables, templateId);
  if (!found.ok || stateOf(found.value) === 'archived') return null;
  const { published, head, version } = found.value;
  const parts = (published && version(published.version)?.parts) ?? [];
  const publishedWith = parts.find((part) => part.partId === partId)?.version ?? null;
  const inDraft = head?.state === 'open' && mentionedIn(head.texts).includes(partId);
  return publishedWith !== null || inDraft ? { templateId, publishedWith, inDraft } : null;
}

function isInPart(tables: TemplateTables, otherId: string, partId: string): boolean {
  const found = partIn(tables, otherId);
  if (!found.ok || otherId === partId || partStateOf(found.value) === 'archived') return false;
  const { head, published } = found.value;
  return [head?.texts ?? [], published?.texts ?? []].some((texts) =>
    mentionedIn(texts).includes(partId),
  );
}

/** Where a part is used: all templates and parts are looked at, of which there are hundreds. */
export function usesOf(tables: TemplateTables, partId: string): PartUses {
  return {
    templates: templateIdsIn(tables).flatMap((id) => useIn(tables, id, partId) ?? []),
    parts: partIdsIn(tables).filter((id) => isInPart(tables, id, partId)),
  };
}

/** The templates that are published with another version of a part than the newest. */
export const outdatedIn = (
  { templates }: PartUses,
  published: PartVersion | null,
): readonly TemplateUse[] =>
  templates.filter(
    ({ publishedWith }) => publishedWith !== null && publishedWith !== published?.version,
  );
