import type { Block } from './byte-arena.ts';

/**
 * Where a row lies. One object is used again and again, so that a scan of a million rows makes
 * none; what it points at stays true, but the object itself changes with the next row.
 */
export type RowView = {
  block: Block;
  row: number;
  /** Murmur2 of the key, signed: it also tells the partition of whatever has the same key. */
  hash: number;
  offset: number;
  keyStart: number;
  keyEnd: number;
  valueEnd: number;
};

const noBlock: Block = {
  bytes: Buffer.alloc(0),
  words: new Uint32Array(0),
  doubles: new Float64Array(0),
};

/** A view that points at nothing yet. */
export function createRowView(): RowView {
  return { block: noBlock, row: -1, hash: 0, offset: 0, keyStart: 0, keyEnd: 0, valueEnd: 0 };
}
