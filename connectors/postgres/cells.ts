import { isUuid } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';

/** A value that PostgreSQL would refuse, and why: its record can never become a row. */
export type Unfit = { readonly unfit: string };

/** A row, or what is wrong with the record. */
export type Mapped<R> =
  | { readonly ok: true; readonly row: R }
  | { readonly ok: false; readonly reason: string };

type Cells<R> = { readonly [K in keyof R]: R[K] | Unfit };

/** The years 1 to 9999: ISO 8601 with four digits, which PostgreSQL reads as they are. */
const minTimeMs = Date.parse('0001-01-01T00:00:00.000Z');
const maxTimeMs = Date.parse('9999-12-31T23:59:59.999Z');

/** Text for PostgreSQL, which cannot store U+0000 (manual, section 8.3). */
export function text<T extends string | null>(value: T): T {
  return value === null ? value : (value.replaceAll('\0', '\uFFFD') as T);
}

/**
 * Text that is searched for, so that its length has a bound: PostgreSQL refuses index entries of
 * more than 2,704 bytes, and then the whole batch.
 */
export function id<T extends string | null>(value: T): T | Unfit {
  const isLong = value !== null && Buffer.byteLength(value) > limits.idBytes;
  return isLong ? { unfit: `has more than ${limits.idBytes} bytes` } : text(value);
}

export function uuid(value: string): string | Unfit {
  return isUuid(value) ? value : { unfit: 'is no UUID' };
}

/** A time, given in milliseconds since 1970-01-01 UTC. */
export function time(valueMs: number): string | Unfit {
  const isInRange = valueMs >= minTimeMs && valueMs <= maxTimeMs;
  return isInRange ? new Date(valueMs).toISOString() : { unfit: 'is not in the years 1 to 9999' };
}

/** A time as well as it can be had: out of the years 1970 to 9999 it is the nearest one in them. */
export function nearestTime(valueMs: number): string {
  return new Date(Math.min(maxTimeMs, Math.max(0, valueMs))).toISOString();
}

/** The beginning of a text; a cut leaves no half of a character. */
export function beginning(value: string | null, maxChars: number): string | null {
  return value === null ? null : text(value.slice(0, maxChars).toWellFormed());
}

const isUnfit = (cell: unknown): cell is Unfit =>
  typeof cell === 'object' && cell !== null && 'unfit' in cell;

/** The row that the cells make, or the first cell that makes none. */
export function toRow<R>(cells: Cells<R>): Mapped<R> {
  for (const [column, cell] of Object.entries(cells)) {
    if (isUnfit(cell)) return { ok: false, reason: `${column} ${cell.unfit}` };
  }
  return { ok: true, row: cells as R };
}
