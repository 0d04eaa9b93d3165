import { isUnreadable } from '../../runtime/table.ts';
import type { Channel, EventType } from '../../schemas/generated/records.ts';
import {
  type Authored,
  authoredIn,
  stateOf,
  type TemplateState,
  type TemplateTables,
} from './authored.ts';

/** A template in a list: where it stands, without its texts. */
export type Listed = {
  readonly id: string;
  readonly state: TemplateState;
  readonly eventType: EventType | 'unknown';
  readonly channel: Channel | 'unknown';
  readonly locales: readonly string[];
  /** The version that the engine renders; null where there is none. */
  readonly version: number | null;
  readonly revision: number;
  /** Who saved the draft last, and when; null where nobody wrote here. */
  readonly savedBy: string | null;
  readonly savedAtMs: number | null;
};

/** What a list is narrowed to. */
export type ListFilter = {
  readonly eventType: EventType | null;
  readonly channel: Channel | null;
  readonly state: TemplateState | null;
};

function listed(authored: Authored): Listed | null {
  const { id, published, head } = authored;
  const state = stateOf(authored);
  const kind = published ?? head;
  if (state === null || !kind) return null;
  const texts = head?.state === 'open' ? head.texts : (published?.texts ?? []);
  return {
    id,
    state,
    eventType: kind.eventType,
    channel: kind.channel,
    locales: texts.map(({ locale }) => locale),
    version: published?.version ?? null,
    revision: head?.revision ?? 0,
    savedBy: head?.authorName ?? null,
    savedAtMs: head?.savedAt ?? null,
  };
}

/** The ids of all templates that somebody can read, in their order. */
export function templateIdsIn(tables: TemplateTables): readonly string[] {
  const ids = new Set<string>();
  for (const table of [tables.templates, tables.templateDrafts]) {
    for (const row of table.rows()) if (!isUnreadable(row)) ids.add(row.key);
  }
  return [...ids].toSorted();
}

/**
 * The templates behind an id, in the order of their ids. A row that nobody can read is left out:
 * the health of the gateway tells of it.
 */
export function listTemplates(
  tables: TemplateTables,
  filter: ListFilter,
  page: { readonly after: string | null; readonly limit: number },
): { readonly templates: readonly Listed[]; readonly next: string | null } {
  const { after, limit } = page;
  const found: Listed[] = [];
  for (const id of templateIdsIn(tables)) {
    if (after !== null && id <= after) continue;
    const authored = authoredIn(tables, id);
    const each = authored.ok ? listed(authored.value) : null;
    if (!each || !matches(each, filter)) continue;
    if (found.length === limit) return { templates: found, next: found.at(-1)?.id ?? null };
    found.push(each);
  }
  return { templates: found, next: null };
}

const matches = (each: Listed, { eventType, channel, state }: ListFilter) =>
  (eventType === null || each.eventType === eventType) &&
  (channel === null || each.channel === channel) &&
  (state === null || each.state === state);
