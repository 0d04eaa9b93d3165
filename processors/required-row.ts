import type { ErrorCode } from '../runtime/errors.ts';
import { type Refusal, refuse } from '../runtime/processor.ts';
import { describeUnreadable, isUnreadable, type Table } from '../runtime/table.ts';
import type { EventType, Template } from '../schemas/generated/records.ts';
import { lanes } from '../schemas/topics.ts';
import { isUsable } from './usable-template.ts';

/** What an event needs from a table, or the refusal of the event. */
export type Required<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly refusal: Refusal };

/** The row of a key. Where the newest one cannot be read, the one before it does not count. */
export function requireRow<V>(table: Table<V>, key: string, missing: ErrorCode): Required<V> {
  const row = table.get(key);
  if (isUnreadable(row)) {
    return { ok: false, refusal: refuse('ROW_UNREADABLE', describeUnreadable(row)) };
  }
  return row ? { ok: true, value: row.value } : { ok: false, refusal: refuse(missing, key) };
}

/**
 * The templates of a kind of event, one for a channel: the one with the lowest id. While one cannot
 * be read it may be the one of any channel that has none else, and nobody is to miss that channel
 * without a word: the event is refused.
 */
export function requireTemplates(
  eventType: EventType,
  templates: Table<Template>,
): Required<readonly Template[]> {
  const chosen = new Map<string, Template>();
  let unreadable: string | null = null;
  for (const row of templates.rows()) {
    if (isUnreadable(row)) unreadable ??= describeUnreadable(row);
    else if (row.value.eventType === eventType && isUsable(row.value)) {
      if (!chosen.has(row.value.channel)) chosen.set(row.value.channel, row.value);
    }
  }
  if (unreadable !== null && Object.keys(lanes).some((channel) => !chosen.has(channel))) {
    return { ok: false, refusal: refuse('ROW_UNREADABLE', unreadable) };
  }
  if (chosen.size > 0) return { ok: true, value: [...chosen.values()] };
  return { ok: false, refusal: refuse('TEMPLATE_UNKNOWN', eventType) };
}
