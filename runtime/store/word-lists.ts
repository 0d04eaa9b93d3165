import type { RowMemory } from './row-memory.ts';
import type { WordTable } from './word-table.ts';

/**
 * For each word the rows that have it, in an order that depends on nothing but their keys: by the
 * hash of the key, and where hashes are equal by the key's bytes. So a place in the order means the
 * same after a restart, and numbers are compared instead of texts.
 */
export type WordLists = {
  add(word: number, row: number): void;
  /** The row lost the word, or is about to be removed. */
  lose(word: number): void;
  /** The rows of a word; changes made since the last call are sorted in now. */
  settled(word: string): SettledList;
  settleAll(): void;
  /** The index of the first row behind a key. */
  indexAfter(list: SettledList, key: Buffer, hash: number): number;
  heldBytes(): number;
};

/** `rows` up to `length`. */
export type SettledList = { readonly rows: Uint32Array; readonly length: number };

type List = SettledList & {
  rows: Uint32Array;
  length: number;
  added: Uint32Array;
  addedCount: number;
  lost: number;
};

/** Every row has this word, and none lists it; no other word may be empty. */
export const everyRow = '';
const minCapacity = 4;
/** From this share of all rows on, to walk over all of them is less work than to sort the added. */
const worthWalkingShare = 1 / 16;
/** Turned over, signed numbers have the order of unsigned ones. */
const signBit = 0x80000000;
const none = new Uint32Array(0);
const emptyList: SettledList = { rows: none, length: 0 };

/** Opens empty lists over the rows of a memory. */
export function createWordLists(memory: RowMemory, words: WordTable): WordLists {
  const everyRowNumber = words.numberOf(everyRow);
  const lists: List[] = [];
  let heldRows = 0;

  function before(a: number, b: number): boolean {
    const hash = memory.hashOf(a);
    const other = memory.hashOf(b);
    return hash < other || (hash === other && memory.compareKeys(a, b) < 0);
  }

  /** Sorted by hash as 64-bit numbers, which the engine does without calling us for each pair. */
  function sort(rows: Uint32Array): Uint32Array {
    const pairs = new BigUint64Array(rows.length);
    const halves = new Uint32Array(pairs.buffer);
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] ?? 0;
      halves[i * 2] = row;
      halves[i * 2 + 1] = memory.hashOf(row) ^ signBit;
    }
    pairs.sort();
    for (let i = 0; i < rows.length; i += 1) rows[i] = halves[i * 2] ?? 0;
    sortEqualHashes(rows, halves);
    return rows;
  }

  function sortEqualHashes(rows: Uint32Array, halves: Uint32Array): void {
    for (let start = 0; start < rows.length; ) {
      let end = start + 1;
      const hash = halves[start * 2 + 1];
      while (end < rows.length && halves[end * 2 + 1] === hash) end += 1;
      if (end - start > 1) rows.subarray(start, end).sort((a, b) => memory.compareKeys(a, b));
      start = end;
    }
  }

  function settle(word: number, list: List): void {
    if (list.addedCount === 0 && list.lost === 0) return;
    const all = word === everyRowNumber ? null : listOf(everyRowNumber);
    if (all && list.addedCount > memory.size() * worthWalkingShare) {
      settle(everyRowNumber, all);
      replaceRows(list, walk(word, list, all));
    } else merge(word, list);
  }

  function replaceRows(list: List, { rows, length }: SettledList): void {
    heldRows += rows.length - list.rows.length - list.added.length;
    list.rows = rows;
    list.length = length;
    list.added = none;
    list.addedCount = 0;
    list.lost = 0;
  }

  /** The listed rows that have the word, by walking over all rows, whose order is known. */
  function walk(word: number, list: List, all: SettledList): SettledList {
    const listed = new Uint8Array(memory.numbers());
    for (let i = 0; i < list.length; i += 1) listed[list.rows[i] ?? 0] = 1;
    for (let i = 0; i < list.addedCount; i += 1) listed[list.added[i] ?? 0] = 1;
    const rows = new Uint32Array(list.length + list.addedCount);
    let length = 0;
    for (let i = 0; i < all.length; i += 1) {
      const row = all.rows[i] ?? 0;
      if (listed[row] !== 1 || (list.lost > 0 && !memory.hasWord(row, word))) continue;
      rows[length] = row;
      length += 1;
    }
    return { rows, length };
  }

  /** Sorts what was added and puts it between the others. */
  function merge(word: number, list: List): void {
    const belongs =
      word === everyRowNumber ? memory.isLive : (row: number) => memory.hasWord(row, word);
    const kept = list.rows.subarray(0, list.length);
    const fresh = list.added.slice(0, list.addedCount);
    // Nobody lost the word since: then all that are listed have it, and need not be looked at.
    const left = list.lost === 0 ? kept : kept.filter(belongs);
    const added = sort(list.lost === 0 ? fresh : fresh.filter(belongs));
    const merged = new Uint32Array(left.length + added.length);
    let count = 0;
    const take = (row: number) => {
      // Lost and had again since the last time: it is in both lists, next to itself.
      if (count > 0 && merged[count - 1] === row) return;
      merged[count] = row;
      count += 1;
    };
    let at = 0;
    for (const row of added) {
      for (; at < left.length && !before(row, left[at] ?? 0); at += 1) take(left[at] ?? 0);
      take(row);
    }
    for (; at < left.length; at += 1) take(left[at] ?? 0);
    replaceRows(list, { rows: merged, length: count });
  }

  function listOf(word: number): List {
    const present = lists[word];
    if (present) return present;
    const list = { rows: none, length: 0, added: none, addedCount: 0, lost: 0 };
    lists[word] = list;
    return list;
  }

  function grow(list: List): void {
    const larger = new Uint32Array(Math.max(minCapacity, list.added.length * 2));
    larger.set(list.added);
    heldRows += larger.length - list.added.length;
    list.added = larger;
  }

  return {
    add(word, row) {
      const list = listOf(word);
      if (list.addedCount === list.added.length) grow(list);
      list.added[list.addedCount] = row;
      list.addedCount += 1;
    },
    lose(word) {
      listOf(word).lost += 1;
    },
    settled(word) {
      const number = words.find(word);
      const list = lists[number];
      if (!list) return emptyList;
      settle(number, list);
      return list;
    },
    settleAll() {
      for (const [word, list] of lists.entries()) if (list) settle(word, list);
    },
    indexAfter(list, key, hash) {
      let low = 0;
      let high = list.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const row = list.rows[middle] ?? 0;
        const found = memory.hashOf(row);
        const isBehind = found > hash || (found === hash && memory.compareKeyTo(row, key) > 0);
        if (isBehind) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    heldBytes: () => heldRows * Uint32Array.BYTES_PER_ELEMENT,
  };
}
