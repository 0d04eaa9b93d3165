import { Type } from '@fastify/type-provider-typebox';
import { isInRange } from '../../runtime/avro/times.ts';
import { limits } from '../../schemas/limits.ts';
import { badRequest, type Outcome } from '../http/problem.ts';

/** A text that rows must have: U+0000 is in none of them, and PostgreSQL cannot be asked for it. */
export const Filter = (description: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: limits.idBytes, pattern: '^[^\\u0000]+$', description }),
  );

/** A time that rows must not be before, or not be after. */
export const Bound = (description: string) =>
  Type.Optional(Type.String({ format: 'date-time', description }));

/** How many there are on a page, of `what`. */
export const Limit = (what: string, bounds: { readonly usual: number; readonly max: number }) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: bounds.max,
      default: bounds.usual,
      description: `How many ${what} to show.`,
    }),
  );

/** The milliseconds of a time; null where the request has none. */
function timeOf(field: string, text: string | undefined): Outcome<number | null> {
  if (text === undefined) return { ok: true, value: null };
  const timeMs = Date.parse(text);
  if (isInRange(timeMs)) return { ok: true, value: timeMs };
  const message = 'is no time in the years 1 to 9999';
  return { ok: false, problem: badRequest({ field, message }) };
}

/** Both bounds of the times of a request. */
export function timesOf(query: {
  readonly since?: string;
  readonly until?: string;
}): Outcome<{ readonly sinceMs: number | null; readonly untilMs: number | null }> {
  const since = timeOf('since', query.since);
  if (!since.ok) return since;
  const until = timeOf('until', query.until);
  if (!until.ok) return until;
  return { ok: true, value: { sinceMs: since.value, untilMs: until.value } };
}
