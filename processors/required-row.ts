import { isUsable } from '../rules/usable-template.ts';
import type { ErrorCode } from '../runtime/errors.ts';
import { type Refusal, refuse } from '../runtime/processor.ts';
import {
  describeUnreadable,
  isUnreadable,
  type Table,
  type UnreadableRow,
} from '../runtime/table.ts';
import type { EventType, Template } from '../schemas/generated/records.ts';
import { lanes } from '../schemas/topics.ts';

/** What an event needs from a table, or the refusal of the event. */
export type Required<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * The row of a key. `what` names it in a refusal, with the event that needs it. Where the newest
 * one cannot be read, the one before it does not count.
 */
export function requireRow<V>(
  table: Table<V>,
  key: string,
  otherwise: { readonly missing: ErrorCode; readonly what: string },
): Required<V> {
  const row = table.get(key);
  const { missing, what } = otherwise;
  if (isUnreadable(row)) {
    return { ok: false, refusal: refuse('ROW_UNREADABLE', `${what}: ${describeUnreadable(row)}`) };
  }
  return row ? { ok: true, value: row.value } : { ok: false, refusal: refuse(missing, what) };
}

/** Rows come in the order of their keys' hashes. */
function isLower({ id, channel }: Template, chosen: ReadonlyMap<string, Template>): boolean {
  const other = chosen.get(channel);
  return other === undefined || id < other.id;
}

/**
 * The templates of a kind of event, one for a channel: the one with the lowest id. While one that
 * was in use cannot be read, it may be the one of any channel that has none else, and nobody is to
 * miss that channel without a word: the event is refused. One that never could be read says nothing
 * yet, and must not stop what goes without it.
 */
export function requireTemplates(
  eventType: EventType,
  templates: Table<Template>,
  of: string,
): Required<readonly Template[]> {
  const chosen = new Map<string, Template>();
  let unreadable: UnreadableRow | null = null;
  for (const row of templates.rows()) {
    if (isUnreadable(row)) {
      if (row.replaces || unreadable === null) unreadable = row;
    } else if (row.value.eventType === eventType && isUsable(row.value)) {
      if (isLower(row.value, chosen)) chosen.set(row.value.channel, row.value);
    }
  }
  const incomplete = Object.keys(lanes).some((channel) => !chosen.has(channel));
  if (unreadable && (chosen.size === 0 || (incomplete && unreadable.replaces))) {
    const detail = `${describeUnreadable(unreadable)}, needed by ${of}`;
    return { ok: false, refusal: refuse('ROW_UNREADABLE', detail) };
  }
  if (chosen.size > 0) return { ok: true, value: [...chosen.values()] };
  return {
    ok: false,
    refusal: refuse('TEMPLATE_UNKNOWN', `a template for ${eventType}, needed by ${of}`),
  };
}
