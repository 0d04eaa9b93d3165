import { murmur2 } from '../kafka/partitioner.ts';
import { createRowMemory, type RowChange } from './row-memory.ts';
import { createRowView, type RowView } from './row-view.ts';
import { createWordLists, everyRow, type SettledList } from './word-lists.ts';
import { createWordTable, type WordTable } from './word-table.ts';

/** A row: the record's bytes and its offset. */
export type StoredRow = {
  readonly key: string;
  readonly offset: number;
  readonly value: Buffer;
  /** When it was written; only of rows that a checkpoint must say it of. */
  readonly timestampMs?: number;
};

/** The word of rows that nobody can read: what else they are found by is not known. */
const unreadableRow = 'unreadable:';
/** The word of those among them whose former row could be read. */
const replacingRow = 'replacing:';

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
  /** The words that rows are found by. */
  readonly words: WordTable;
  get(key: string): StoredRow | undefined;
  /** Points the view at the row with the same key as another view; false when there is none. */
  findSame(other: RowView, into: RowView): boolean;
  /**
   * The rows that have any of the words, each once, and the unreadable ones, which might have them.
   */
  scan(words: readonly string[], after?: string): RowScan;
  /** Every row, in the same order. */
  scanAll(after?: string): RowScan;
  /** How many rows have a word, or how many there are; unreadable ones have none. */
  count(word: string | null): number;
  rows(after?: string): Iterable<StoredRow>;
  rowsWith(words: readonly string[], after?: string): Iterable<StoredRow>;
  /** The rows that nobody can read. */
  unreadable(): Iterable<StoredRow>;
  countUnreadable(): number;
  /**
   * The words of an unreadable row to come: two where the row before it could be read.
   */
  wordsOfUnreadable(key: Buffer): readonly number[];
  /** Whether the row of a key is unreadable and came after one that could be read. */
  replacesReadable(key: string): boolean;
  /** Whether the row that a scan points at was unreadable when it came. */
  isUnreadable(view: RowView): boolean;
  /** Changes come in the order of the topic. One that is older than its row is left out. */
  apply(change: RowChange): void;
  clear(): void;
  /**
   * Lays the rows down in the order of scans, which are then a quarter faster. Each call of the
   * answer moves so many of them on, and says whether some are left. Changes and scans may come
   * between. Until its end the rows are in memory twice.
   */
  arrange(): (count: number) => boolean;
  size(): number;
  heldBytes(): number;
};

const deletion = -1;
/** Freed numbers are used again after all lists were settled; so often, that costs little. */
const minRetired = 1024;

const noRows = (): RowScan => ({ view: createRowView(), next: () => false });

const hashOf = murmur2;

/** More numbers than this are looked up in a set: a row may have thousands of words. */
const maxCompared = 16;

function without(words: readonly number[], others: readonly number[]): readonly number[] {
  const set = others.length > maxCompared ? new Set(others) : null;
  return words.filter((word) => !(set ? set.has(word) : others.includes(word)));
}

/** The row that a view points at, as text and bytes. */
export function storedRowOf({ block, offset, keyStart, keyEnd, valueEnd }: RowView): StoredRow {
  return {
    key: block.bytes.toString('utf8', keyStart, keyEnd),
    offset,
    value: block.bytes.subarray(keyEnd, valueEnd),
  };
}

/** The change that a record with this key and value makes; a deletion when the value is null. */
export function rowChange(
  key: Buffer,
  value: Buffer | null,
  offset: number,
  words: readonly number[] = [],
): RowChange {
  const keyEnd = key.length;
  const valueEnd = value === null ? deletion : keyEnd + value.length;
  const bytes = value === null ? key : Buffer.concat([key, value]);
  const place = { keyStart: 0, keyEnd, valueStart: keyEnd, valueEnd };
  return { bytes, ...place, hash: hashOf(key), offset, words };
}

/** Opens an empty store. */
export function createRowStore(): RowStore {
  const words = createWordTable();
  const everyRowNumber = words.numberOf(everyRow);
  const unreadableNumber = words.numberOf(unreadableRow);
  const replacingNumber = words.numberOf(replacingRow);
  let memory = createRowMemory();
  let lists = createWordLists(memory, words);
  const view = createRowView();
  let retired: number[] = [];
  /** Counts changes, so that a scan notices them. */
  let changes = 0;

  function insert(change: RowChange): void {
    const row = memory.takeNumber();
    memory.put(row, change);
    lists.add(everyRowNumber, row);
    for (const word of change.words) lists.add(word, row);
  }

  /** Touches the lists of the words that come or go, and no others. */
  function replace(row: number, change: RowChange): void {
    const former = memory.wordsOf(row);
    const { words: listed } = change;
    memory.put(row, change);
    let same = 0;
    while (same < former.length && former[same] === listed[same]) same += 1;
    if (same === former.length && same === listed.length) return;
    const lost = former.slice(same);
    const won = listed.slice(same);
    for (const word of without(lost, won)) lists.lose(word);
    for (const word of without(won, lost)) lists.add(word, row);
  }

  function remove(row: number): void {
    lists.lose(everyRowNumber);
    for (const word of memory.wordsOf(row)) lists.lose(word);
    memory.remove(row);
    retired.push(row);
    if (retired.length < Math.max(minRetired, memory.size())) return;
    lists.settleAll();
    memory.giveBack(retired);
    retired = [];
  }

  /** The rows of one word, or what is to be scanned instead as the store is now. */
  function scanOne(
    word: string,
    after: string | undefined,
    place = createRowView(),
    chooseOther: () => RowScan | null = () => null,
  ): RowScan {
    const from = after === undefined ? null : Buffer.from(after);
    let list: SettledList;
    let other: RowScan | null = null;
    let seen = -1;
    let at = 0;

    /** At the start, and when the store has changed since: goes on behind the row we were at. */
    function seek(): void {
      seen = changes;
      other = chooseOther();
      list = lists.settled(word);
      const key = place.row < 0 ? from : place.block.bytes.subarray(place.keyStart, place.keyEnd);
      at = key === null ? 0 : lists.indexAfter(list, key, hashOf(key));
    }
    return {
      view: place,
      next() {
        if (seen !== changes) seek();
        if (other !== null) return other.next();
        if (at >= list.length) return false;
        memory.view(list.rows[at] ?? 0, place);
        at += 1;
        return true;
      },
    };
  }

  const isBefore = (a: RowView, b: RowView) =>
    a.hash < b.hash || (a.hash === b.hash && memory.compareKeys(a.row, b.row) < 0);

  const countUnreadable = () => lists.settled(unreadableRow).length;

  /**
   * Merges the rows of several words and the unreadable ones; a row that has many of them comes
   * once.
   */
  function scanMany(asked: readonly string[], after: string | undefined, place: RowView): RowScan {
    let heads: RowScan[] = [];
    let seen = -1;

    function seek(): void {
      const key = place.row < 0 ? after : storedRowOf(place).key;
      const all = countUnreadable() > 0 ? [...asked, unreadableRow] : asked;
      heads = all.map((word) => scanOne(word, key)).filter((scan) => scan.next());
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

  const find = (key: Buffer) => memory.find(key, 0, key.length, hashOf(key));

  function wordsOfUnreadable(key: Buffer): readonly number[] {
    const row = find(key);
    const replaces =
      row >= 0 && (!memory.hasWord(row, unreadableNumber) || memory.hasWord(row, replacingNumber));
    return replaces ? [unreadableNumber, replacingNumber] : [unreadableNumber];
  }

  /** Unreadable rows come and go while somebody scans, as the others do. */
  function scan(asked: readonly string[], after?: string): RowScan {
    const words = [...new Set(asked)];
    const [first = ''] = words;
    const place = createRowView();
    const merged = () => scanMany(words, after, place);
    if (words.length > 1) return merged();
    return scanOne(first, after, place, () => (countUnreadable() > 0 ? merged() : null));
  }

  function* rowsOf({ view: place, next }: RowScan): Iterable<StoredRow> {
    while (next()) yield storedRowOf(place);
  }

  return {
    words,
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
    scan: (asked, after) => (asked.length === 0 ? noRows() : scan(asked, after)),
    scanAll: (after) => scanOne(everyRow, after),
    count: (word) => lists.settled(word ?? everyRow).length,
    rows: (after) => rowsOf(scanOne(everyRow, after)),
    rowsWith: (asked, after) => (asked.length === 0 ? [] : rowsOf(scan(asked, after))),
    unreadable: () => rowsOf(scanOne(unreadableRow, undefined)),
    countUnreadable,
    wordsOfUnreadable,
    replacesReadable(key) {
      const row = find(Buffer.from(key));
      return row >= 0 && memory.hasWord(row, replacingNumber);
    },
    isUnreadable: ({ row }) => memory.hasWord(row, unreadableNumber),
    apply(change) {
      const { bytes, keyStart, keyEnd, hash } = change;
      const row = memory.find(bytes, keyStart, keyEnd, hash);
      if (row >= 0) memory.view(row, view);
      // Read again from before the checkpoint: what is here is newer.
      if (row >= 0 && view.offset > change.offset) return;
      changes += 1;
      if (change.valueEnd === deletion) {
        if (row >= 0) remove(row);
      } else if (row < 0) insert(change);
      else replace(row, change);
    },
    clear() {
      memory = createRowMemory();
      lists = createWordLists(memory, words);
      retired = [];
      changes += 1;
    },
    arrange() {
      const { rows, length } = lists.settled(everyRow);
      return memory.arrange(rows.slice(0, length));
    },
    size: () => memory.size(),
    heldBytes: () => memory.heldBytes() + lists.heldBytes() + words.heldBytes(),
  };
}
