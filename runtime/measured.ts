import { limits } from '../schemas/limits.ts';

/** How large a part of a record is, and how large it may be. */
export type Measured = {
  readonly field: string;
  readonly size: number;
  readonly max: number;
  readonly unit: 'characters' | 'bytes' | 'entries';
};

/** A text by its characters; null has none. */
export const chars = (field: string, text: string | null, max: number): Measured => ({
  field,
  size: text?.length ?? 0,
  max,
  unit: 'characters',
});

/** An id by its bytes. */
export const id = (field: string, text: string | null): Measured => ({
  field,
  size: text === null ? 0 : Buffer.byteLength(text),
  max: limits.idBytes,
  unit: 'bytes',
});

/** A list by its entries. */
export const entries = (field: string, list: readonly unknown[], max: number): Measured => ({
  field,
  size: list.length,
  max,
  unit: 'entries',
});

/** Says of the first part that is too large how large it is; null when all are well. */
export function tooLarge(of: string, parts: Iterable<Measured>): string | null {
  for (const { field, size, max, unit } of parts) {
    if (size > max) return `${field} of ${of} has ${size} ${unit}, at most ${max} are taken`;
  }
  return null;
}
