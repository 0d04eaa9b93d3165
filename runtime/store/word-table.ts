import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Numbers for words. A word is a kind and a text, `movie:42`: the kind goes up to the first colon,
 * with it, and is empty where there is none. Texts are looked up as the bytes they came in, so that
 * a row of ten words makes no strings. Of a kind that is compared in NFC every way of writing a
 * word has that word's number; it is normalised when it is first seen, and is known from then on.
 */
export type WordTable = {
  /** The number of a word, given when it is first asked for. It is in the form of its kind. */
  numberOf(word: string): number;
  /** The number of a word, in the form of its kind; -1 when nobody has asked for it yet. */
  find(word: string): number;
  /** A kind whose texts come as bytes; a prefix ends with its only colon, or RangeError. */
  kindOf(prefix: string, form?: WordForm): WordKind;
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
 * In which form words are compared. Ids are the bytes they are; words that people write are the
 * same whether an accent is a part of its letter or follows it (Unicode UAX 15).
 */
export type WordForm = 'bytes' | 'nfc';

/** A kind of words. */
export type WordKind = {
  /**
   * What the hashes of the kind begin with, another for each. Every step of the hash is a
   * bijection, so equal texts of two kinds never have the same hash.
   */
  readonly seed: number;
  readonly form: WordForm;
};

/** A text in the form in which words are compared. */
export const inForm = (form: WordForm, text: string): string =>
  form === 'nfc' ? text.normalize('NFC') : text;

const placeInts = 3;
/** Among more numbers than this a set finds those that come again: a row may have thousands. */
const maxCompared = 16;
const colon = ':';
const minSlots = 64;
const minTextBytes = 1024;
const missing = -1;
/** Of each way of writing a word: hash, which tells its kind, start and length, the number. */
const entryWords = 4;
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
  const seeds = new Map<string, number>();
  let slots = new Uint32Array(minSlots);
  let shift = hashBits - Math.log2(minSlots);
  let entries = new Uint32Array((minSlots / 2) * entryWords);
  let texts = Buffer.allocUnsafeSlow(minTextBytes);
  let textView = viewOf(texts);
  let textEnd = 0;
  /** Ways of writing, and words: there are more of those where words have several. */
  let entryCount = 0;
  let count = 0;
  /** The memory that the last text lay in: that of a batch of rows serves all of them. */
  let seen: ArrayBufferLike = texts.buffer;
  let seenView = textView;
  const scratch: number[] = [];

  function lookUp(seed: number, view: DataView, start: number, length: number): number {
    const hash = hashOf(seed, view, start, length) >>> 0;
    const mask = slots.length - 1;
    for (let slot = hash >>> shift; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = ((slots[slot] ?? 0) - 1) * entryWords;
      if (entries[at] !== hash || entries[at + 2] !== length) continue;
      if (isSame(view, start, textView, entries[at + 1] ?? 0, length)) return entries[at + 3] ?? 0;
    }
    return missing;
  }

  function link(entry: number): void {
    let slot = (entries[entry * entryWords] ?? 0) >>> shift;
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = entry + 1;
  }

  function growSlots(): void {
    slots = new Uint32Array(slots.length * 2);
    shift -= 1;
    const former = entries;
    entries = new Uint32Array(former.length * 2);
    entries.set(former);
    for (let entry = 0; entry < entryCount; entry += 1) link(entry);
  }

  function growTexts(bytes: number): void {
    const former = texts;
    texts = Buffer.allocUnsafeSlow(Math.max(former.length * 2, textEnd + bytes));
    texts.set(former.subarray(0, textEnd));
    textView = viewOf(texts);
  }

  /** Adds a way of writing the word of a number. */
  function add(seed: number, text: Buffer, number: number): number {
    if (entryCount * 2 === slots.length) growSlots();
    if (textEnd + text.length > texts.length) growTexts(text.length);
    texts.set(text, textEnd);
    const hash = hashOf(seed, textView, textEnd, text.length);
    entries.set([hash, textEnd, text.length, number], entryCount * entryWords);
    textEnd += text.length;
    link(entryCount);
    entryCount += 1;
    count = Math.max(count, number + 1);
    return number;
  }

  function seedOf(prefix: string): number {
    const known = seeds.get(prefix);
    if (known !== undefined) return known;
    if (prefix.indexOf(colon) !== prefix.length - 1) throw new RangeError(`${prefix} is no kind`);
    const seed = Math.imul(seeds.size, seedStep);
    seeds.set(prefix, seed);
    return seed;
  }

  function split(word: string): { readonly seed: number; readonly text: Buffer } {
    const end = word.indexOf(colon) + 1;
    return { seed: seedOf(word.slice(0, end)), text: Buffer.from(word.slice(end)) };
  }

  function numberOfText(seed: number, text: Buffer): number {
    const number = lookUp(seed, viewOf(text), 0, text.length);
    return number === missing ? add(seed, text, count) : number;
  }

  /** The number of a way of writing that was never seen; missing where it is no text. */
  function learn({ seed, form }: WordKind, text: Buffer): number {
    if (!isUtf8(text)) return missing;
    if (form === 'bytes' || isAscii(text)) return add(seed, text, count);
    const canonical = Buffer.from(inForm(form, text.toString()));
    const number = numberOfText(seed, canonical);
    return canonical.equals(text) ? number : add(seed, text, number);
  }

  /** What is known was asked for its encoding when it was learnt. */
  function numberAt(kind: WordKind, bytes: Buffer, start: number, end: number): number {
    const number = lookUp(kind.seed, seenView, bytes.byteOffset + start, end - start);
    return number === missing ? learn(kind, bytes.subarray(start, end)) : number;
  }

  function isAmong(number: number, size: number): boolean {
    for (let i = 0; i < size; i += 1) if (scratch[i] === number) return true;
    return false;
  }

  return {
    kindOf: (prefix, form = 'bytes') => ({ seed: seedOf(prefix), form }),
    numberOf(word) {
      const { seed, text } = split(word);
      return numberOfText(seed, text);
    },
    find(word) {
      const { seed, text } = split(word);
      return lookUp(seed, viewOf(text), 0, text.length);
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
