import { murmur2 } from '../kafka/partitioner.ts';
import { createRowMemory, createRowView, type RowView } from './row-memory.ts';
import { createWordLists, type SettledList } from './word-lists.ts';

/** A row: the record's bytes and its offset. */
export type StoredRow = { readonly key: string; readonly offset: number; readonly value: Buffer };

/** One change: a row with the words it is found by, or its deletion when `value` is null. */
export type StoreChange = {
  readonly key: Buffer;
  readonly offset: number;
  readonly value: Buffer | null;
  readonly words: readonly string[];
};

/**
 * Walks over rows without making objects: `next` points the view at the following row, or answers
 * false at the end. Changes made to the store on the way are seen from the place it is at on: who
 * comes in behind it is met, who leaves is not, and nobody is met twice.
 */
export type RowScan = { readonly view: RowView; next(): boolean };

/**
 * Rows in memory, in the order of their keys' hashes, which never changes. Bounded by what one
 * process may hold of a partition (`maxBytes` of the projection), so that partitions are the way
 * to hold more.
 */
export type RowStore = {
  get(key: string): StoredRow | undefined;
  /** Points the view at the row with the same key as another view; false when there is none. */
  findSame(other: RowView, into: RowView): boolean;
  /** The rows that have any of the words, each once. */
  scan(words: readonly string[], after?: string): RowScan;
  /** Every row, in the same order. */
  scanAll(after?: string): RowScan;
  rows(after?: string): Iterable<StoredRow>;
  rowsWith(words: readonly string[], after?: string): Iterable<StoredRow>;
  /** Changes in the order of the topic. One that is older than its row is left out. */
  apply(changes: readonly StoreChange[]): void;
  clear(): void;
  /** Lays the rows down in the order of scans, which are then a quarter faster. */
  arrange(): void;
  size(): number;
  heldBytes(): number;
};

/** Every row has this word; no word of a table may be empty. */
const everyRow = '';
/** Freed numbers are used again after all lists were settled; so often, that costs little. */
const minRetired = 1024;

const noRows = (): RowScan => ({ view: createRowView(), next: () => false });

const hashOf = murmur2;

/** The row that a view points at, as text and bytes. */
export function storedRowOf({ block, offset, keyStart, keyEnd, valueEnd }: RowView): StoredRow {
  return {
    key: block.bytes.toString('utf8', keyStart, keyEnd),
    offset,
    value: block.bytes.subarray(keyEnd, valueEnd),
  };
}

/** Opens an empty store. */
export function createRowStore(): RowStore {
  let memory = createRowMemory();
  let lists = createWordLists(memory);
  const view = createRowView();
  let retired: number[] = [];
  /** Counts changes, so that a scan notices them. */
  let changes = 0;

  function find(key: Buffer): number {
    return memory.find(key, 0, key.length, hashOf(key));
  }

  function put(row: number, { key, offset, words }: StoreChange, bytes: Buffer): void {
    const present = row >= 0;
    const target = present ? row : memory.takeNumber();
    const former = present ? memory.wordsOf(row) : [];
    const numbers = [everyRow, ...words].map((word) => lists.numberOf(word));
    memory.put(target, { key, hash: hashOf(key), offset, value: bytes, words: numbers });
    for (const word of former) if (!numbers.includes(word)) lists.lose(word);
    for (const word of numbers) if (!former.includes(word)) lists.add(word, target);
  }

  function remove(row: number): void {
    for (const word of memory.wordsOf(row)) lists.lose(word);
    memory.remove(row);
    retired.push(row);
    if (retired.length < Math.max(minRetired, memory.size())) return;
    lists.settleAll();
    memory.giveBack(retired);
    retired = [];
  }

  /** The rows of one word. */
  function scanOne(word: string, after: string | undefined): RowScan {
    const from = after === undefined ? null : Buffer.from(after);
    const place = createRowView();
    let list: SettledList;
    let seen = -1;
    let at = 0;

    /** At the start, and when the store has changed since: goes on behind the row we were at. */
    function seek(): void {
      list = lists.settled(word);
      const key = place.row < 0 ? from : place.block.bytes.subarray(place.keyStart, place.keyEnd);
      at = key === null ? 0 : lists.indexAfter(list, key, hashOf(key));
      seen = changes;
    }
    return {
      view: place,
      next() {
        if (seen !== changes) seek();
        if (at >= list.length) return false;
        memory.view(list.rows[at] ?? 0, place);
        at += 1;
        return true;
      },
    };
  }

  const isBefore = (a: RowView, b: RowView) =>
    a.hash < b.hash || (a.hash === b.hash && memory.compareKeys(a.row, b.row) < 0);

  /** Merges the rows of several words; a row that has many of them comes once. */
  function scanMany(words: readonly string[], after: string | undefined): RowScan {
    const place = createRowView();
    let heads: RowScan[] = [];
    let seen = -1;

    function seek(): void {
      const key = place.row < 0 ? after : storedRowOf(place).key;
      heads = words.map((word) => scanOne(word, key)).filter((scan) => scan.next());
      seen = changes;
    }
    return {
      view: place,
      next() {
        if (seen !== changes) seek();
        else heads = heads.filter((head) => head.view.row !== place.row || head.next());
        const [first, ...others] = heads;
        if (!first) return false;
        let lowest = first;
        for (const head of others) if (isBefore(head.view, lowest.view)) lowest = head;
        memory.view(lowest.view.row, place);
        return true;
      },
    };
  }

  function scan(words: readonly string[], after?: string): RowScan {
    const [first = '', ...others] = new Set(words);
    return others.length === 0 ? scanOne(first, after) : scanMany([first, ...others], after);
  }

  function* rowsOf(words: readonly string[], after: string | undefined): Iterable<StoredRow> {
    const { view: place, next } = scan(words, after);
    while (next()) yield storedRowOf(place);
  }

  return {
    get(key) {
      const row = find(Buffer.from(key));
      if (row < 0) return undefined;
      memory.view(row, view);
      return storedRowOf(view);
    },
    findSame(other, into) {
      const row = memory.find(other.block.bytes, other.keyStart, other.keyEnd, other.hash);
      if (row >= 0) memory.view(row, into);
      return row >= 0;
    },
    scan: (words, after) => (words.length === 0 ? noRows() : scan(words, after)),
    scanAll: (after) => scan([everyRow], after),
    rows: (after) => rowsOf([everyRow], after),
    rowsWith: (words, after) => (words.length === 0 ? [] : rowsOf(words, after)),
    apply(batch) {
      changes += 1;
      for (const change of batch) {
        const row = find(change.key);
        if (row >= 0) memory.view(row, view);
        // Read again from before the checkpoint: what is here is newer.
        if (row >= 0 && view.offset > change.offset) continue;
        if (change.value !== null) put(row, change, change.value);
        else if (row >= 0) remove(row);
      }
    },
    clear() {
      memory = createRowMemory();
      lists = createWordLists(memory);
      retired = [];
      changes += 1;
    },
    arrange() {
      const { rows, length } = lists.settled(everyRow);
      memory.arrange(rows.subarray(0, length));
      changes += 1;
    },
    size: () => memory.size(),
    heldBytes: () => memory.heldBytes() + lists.heldBytes(),
  };
}
