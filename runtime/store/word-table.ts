import { isUtf8 } from 'node:buffer';

/**
 * Numbers for words. A word is a kind and a text, `movie:42`: the kind goes up to the first colon,
 * with it, and is empty where there is none. The text is looked up as the bytes it came in, so that
 * a row of ten words costs no strings.
 */
export type WordTable = {
  /** The number of a word, given when it is first asked for. */
  numberOf(word: string): number;
  /** The number of a word, or -1 when nobody asked for it yet. */
  find(word: string): number;
  /** A kind to be asked for often; `prefix` ends with its only colon. */
  kindOf(prefix: string): WordKind;
  /** The number of the word whose text is these bytes of a buffer, as UTF-8. */
  numberOfBytes(kind: WordKind, bytes: Buffer, start: number, end: number): number;
  size(): number;
  heldBytes(): number;
};

/** What words begin with; `seed` keeps equal texts of different kinds apart in the table. */
export type WordKind = { readonly prefix: string; readonly index: number; readonly seed: number };

const colon = ':';
const minSlots = 64;
const minTextBytes = 1024;
/** Of each word: hash, start and length of its text, kind. */
const entryWords = 4;
const chunkBytes = 4;
/** Odd numbers with many bits: 2^32 divided by the golden ratio, and a constant of murmur3. */
const seedStep = 0x9e3779b1;
const multiplier = 0x85ebca6b;

/** Bytes of a buffer, four at a time. */
type Text = { readonly view: DataView; readonly start: number; readonly length: number };

/** The last chunk overlaps the one before it, so that no bytes are left over. */
function hashOf(seed: number, { view, start, length }: Text): number {
  let hash = seed ^ length;
  if (length < chunkBytes) {
    for (let i = 0; i < length; i += 1) hash = Math.imul(hash ^ view.getUint8(start + i), multiplier);
  } else {
    const last = start + length - chunkBytes;
    for (let at = start; at < last; at += chunkBytes) {
      hash = Math.imul(hash ^ view.getInt32(at, true), multiplier);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ view.getInt32(last, true), multiplier);
  }
  return hash ^ (hash >>> 13);
}
