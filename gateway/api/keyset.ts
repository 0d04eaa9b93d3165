import { Type } from '@fastify/type-provider-typebox';
import { isInRange } from '../../runtime/avro/times.ts';
import { badRequest, type Outcome } from '../http/problem.ts';

/** Where a page ended: a time in milliseconds and an id, which may hold any character. */
export type TimeAndId = { readonly atMs: number; readonly id: string };

/** What `next_after` looks like; clients need not know what is in it. */
const afterPattern = '^[0-9A-Za-z_-]{1,2000}$';

/** The place that a page goes on behind. */
export const After = Type.Optional(
  Type.String({ pattern: afterPattern, description: 'The next_after of the page before.' }),
);

/** Writes a place down, for `next_after`. */
export const afterText = ({ atMs, id }: TimeAndId): string =>
  Buffer.from(`${atMs} ${id}`).toString('base64url');

const noPlace = {
  ok: false,
  problem: badRequest({ field: 'after', message: 'is not the next_after of a page' }),
} as const;

/** The place that the `after` of a request names; null where the request has none. */
export function placeOf(
  after: string | undefined,
  isId: (id: string) => boolean,
): Outcome<TimeAndId | null> {
  if (after === undefined) return { ok: true, value: null };
  const text = Buffer.from(after, 'base64url').toString();
  const [, at = '', id = ''] = /^(-?\d{1,15}) (.+)$/s.exec(text) ?? [];
  const atMs = Number(at);
  if (id === '' || !isId(id) || !isInRange(atMs)) return noPlace;
  return { ok: true, value: { atMs, id } };
}
