import { isUtf8 } from 'node:buffer';

/**
 * Numbers for words. A word is a kind and a text, `movie:42`: the kind goes up to the first colon,
 * with it, and is empty where there is none. Texts are looked up as the bytes they came in, so that
 * a row of ten words makes no strings.
 */
export type WordTable = {
  /** The number of a word, given when it is first asked for. */
  numberOf(word: string): number;
  /** The number of a word; -1 when nobody has asked for it yet. */
  find(word: string): number;
  /** A kind whose texts come as bytes; a prefix ends with its only colon, or RangeError. */
  kindOf(prefix: string): WordKind;
  /**
   * The numbers of the words whose texts are in a buffer, each number once. Of each text `places`
   * has the index of its kind, its start and its end. Null when one of them is not UTF-8.
   */
  numbersIn(
    bytes: Buffer,
    places: Int32Array,
    count: number,
    of: readonly WordKind[],
  ): number[] | null;
  heldBytes(): number;
};

/**
 * What the hashes of a kind begin with, another for each. Every step of the hash is a bijection, so
 * equal texts of two kinds never have the same hash.
 */
export type WordKind = number;

const placeInts = 3;
/** Among more numbers than this a set finds those that come again: a row may have thousands. */
const maxCompared = 16;
const colon = ':';
const minSlots = 64;
const minTextBytes = 1024;
const missing = -1;
/** Of each word: hash, which tells its kind, start and length of its text. */
const entryWords = 3;
const chunkBytes = 4;
/** Constants of murmur3's finalizer, and 2^32 divided by the golden ratio: odd, with many bits. */
const multiplier = 0x85ebca6b;
const seedStep = 0x9e3779b1;
const hashBits = 32;

/** Reads four bytes at a time; the last four overlap those before, so that none are left over. */
function hashOf(seed: number, view: DataView, start: number, length: number): number {
  let hash = seed ^ length;
  const last = start + length - chunkBytes;
  for (let at = start; at < last; at += chunkBytes) {
    hash = Math.imul(hash ^ view.getInt32(at, true), multiplier);
    hash ^= hash >>> 15;
  }
  if (last >= start) hash = Math.imul(hash ^ view.getInt32(last, true), multiplier);
  else for (let i = 0; i < length; i += 1) hash = mixByte(hash, view.getUint8(start + i));
  return Math.imul(hash ^ (hash >>> 13), seedStep);
}

const mixByte = (hash: number, byte: number) => Math.imul(hash ^ byte, multiplier);

function isSame(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  let at = 0;
  for (; at + chunkBytes <= length; at += chunkBytes) {
    if (a.getInt32(aStart + at) !== b.getInt32(bStart + at)) return false;
  }
  for (; at < length; at += 1) {
    if (a.getUint8(aStart + at) !== b.getUint8(bStart + at)) return false;
  }
  return true;
}

const viewOf = ({ buffer, byteOffset, length }: Buffer) => new DataView(buffer, byteOffset, length);

/** Opens an empty table. Words are never forgotten. */
export function createWordTable(): WordTable {
  const kinds = new Map<string, WordKind>();
  let slots = new Uint32Array(minSlots);
  let shift = hashBits - Math.log2(minSlots);
  let entries = new Uint32Array((minSlots / 2) * entryWords);
  let texts = Buffer.allocUnsafeSlow(minTextBytes);
  let textView = viewOf(texts);
  let textEnd = 0;
  let count = 0;
  /** The memory that the last text lay in: that of a batch of rows serves all of them. */
  let seen: ArrayBufferLike = texts.buffer;
  let seenView = textView;
  const scratch: number[] = [];

  function lookUp(kind: WordKind, view: DataView, start: number, length: number) {
    const hash = hashOf(kind, view, start, length) >>> 0;
    const mask = slots.length - 1;
    for (let slot = hash >>> shift; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = (slots[slot] ?? 0) - 1;
      const at = number * entryWords;
      if (entries[at] !== hash || entries[at + 2] !== length) continue;
      if (isSame(view, start, textView, entries[at + 1] ?? 0, length)) return number;
    }
    return missing;
  }

  function link(number: number): void {
    let slot = (entries[number * entryWords] ?? 0) >>> shift;
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = number + 1;
  }

  function growSlots(): void {
    slots = new Uint32Array(slots.length * 2);
    shift -= 1;
    const former = entries;
    entries = new Uint32Array(former.length * 2);
    entries.set(former);
    for (let number = 0; number < count; number += 1) link(number);
  }

  function growTexts(bytes: number): void {
    const former = texts;
    texts = Buffer.allocUnsafeSlow(Math.max(former.length * 2, textEnd + bytes));
    texts.set(former.subarray(0, textEnd));
    textView = viewOf(texts);
  }

  function add(kind: WordKind, text: Buffer): number {
    if (count * 2 === slots.length) growSlots();
    if (textEnd + text.length > texts.length) growTexts(text.length);
    texts.set(text, textEnd);
    const hash = hashOf(kind, textView, textEnd, text.length);
    entries.set([hash, textEnd, text.length], count * entryWords);
    textEnd += text.length;
    link(count);
    count += 1;
    return count - 1;
  }

  function kindOf(prefix: string): WordKind {
    const known = kinds.get(prefix);
    if (known !== undefined) return known;
    if (prefix.indexOf(colon) !== prefix.length - 1) throw new RangeError(`${prefix} is no kind`);
    const kind = Math.imul(kinds.size, seedStep);
    kinds.set(prefix, kind);
    return kind;
  }

  function split(word: string): { readonly kind: WordKind; readonly text: Buffer } {
    const end = word.indexOf(colon) + 1;
    return { kind: kindOf(word.slice(0, end)), text: Buffer.from(word.slice(end)) };
  }

  function numberOfText(kind: WordKind, text: Buffer): number {
    const number = lookUp(kind, viewOf(text), 0, text.length);
    return number === missing ? add(kind, text) : number;
  }

  function numberAt(kind: WordKind, bytes: Buffer, start: number, end: number): number {
    const number = lookUp(kind, seenView, bytes.byteOffset + start, end - start);
    if (number !== missing) return number;
    const text = bytes.subarray(start, end);
    // Words that are known were asked already.
    return isUtf8(text) ? add(kind, text) : missing;
  }

  function isAmong(number: number, size: number): boolean {
    for (let i = 0; i < size; i += 1) if (scratch[i] === number) return true;
    return false;
  }

  return {
    kindOf,
    numberOf(word) {
      const { kind, text } = split(word);
      return numberOfText(kind, text);
    },
    find(word) {
      const { kind, text } = split(word);
      return lookUp(kind, viewOf(text), 0, text.length);
    },
    numbersIn(bytes, places, textCount, of) {
      if (bytes.buffer !== seen) {
        seen = bytes.buffer;
        seenView = new DataView(seen);
      }
      let size = 0;
      for (let at = 0; at < textCount * placeInts; at += placeInts) {
        const kind = of[places[at] ?? 0];
        if (kind === undefined) continue;
        const number = numberAt(kind, bytes, places[at + 1] ?? 0, places[at + 2] ?? 0);
        if (number === missing) return null;
        if (size <= maxCompared && isAmong(number, size)) continue;
        scratch[size] = number;
        size += 1;
      }
      const numbers = scratch.slice(0, size);
      return size > maxCompared ? [...new Set(numbers)] : numbers;
    },
    heldBytes: () => texts.length + entries.byteLength + slots.byteLength,
  };
}
