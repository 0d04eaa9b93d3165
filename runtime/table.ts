import { limits } from '../schemas/limits.ts';
import type { Topic, ValueOf } from '../schemas/topics.ts';
import type { DeadLetterCause } from './dead-letter.ts';
import type { Serde } from './serde.ts';
import type { RowStore, StoredRow } from './store/row-store.ts';
import { inForm, type WordForm } from './store/word-table.ts';

/** A row of a table: the newest record of its key. */
export type Row<V> = { readonly key: string; readonly value: V; readonly offset: number };

/** Why nobody can read a row. */
export type RowFault = Pick<DeadLetterCause, 'code' | 'reason'>;

/**
 * The newest record of a key, when nobody can read it. The row before it does not count any more:
 * what cannot be read is never taken for permission.
 */
export type UnreadableRow = {
  readonly key: string;
  readonly offset: number;
  readonly fault: RowFault;
  /** Its coordinates, `users-3 at 17`. */
  readonly place: string;
  /** The row before it could be read, so it was in use. */
  readonly replaces: boolean;
};

/** What a table has of a key. */
export type Found<V> = Row<V> | UnreadableRow;

/** True of a row that nobody can read. */
export function isUnreadable(row: Found<unknown> | undefined): row is UnreadableRow {
  return row !== undefined && 'fault' in row;
}

/** What a row says; undefined where there is none that can be read. */
export const readableIn = <V>(row: Found<V> | undefined): V | undefined =>
  row === undefined || isUnreadable(row) ? undefined : row.value;

/** Which row cannot be read and why, without what is in it. */
export const describeUnreadable = ({ place, fault }: UnreadableRow): string =>
  `${place}: ${fault.code}, ${fault.reason}`;

/**
 * A row is kept in memory, and a batch that shrinks a hundredfold passes the broker whatever its
 * rows measure. Larger ones than this count as unreadable.
 */
const maxRowBytes = 4 * 1024 * 1024;
/** Stands for the value of a row that is larger: nobody could read it, and it would fill memory. */
export const largeRow = Buffer.from('a row larger than is kept');

/** Why a row of so many bytes is not kept; null when it is. */
export function faultOfSize(bytes: number): RowFault | null {
  if (bytes <= maxRowBytes) return null;
  return { code: 'RECORD_TOO_LARGE', reason: `the row has more than ${maxRowBytes} bytes` };
}

/** A compacted topic, as its rows are now. Reading is synchronous. */
export type Table<V> = {
  get(key: string): Found<V> | undefined;
  /** Rows in an order that never changes, after a key; partition by partition. */
  rows(after?: string): Iterable<Found<V>>;
  /**
   * Rows that the index lists under any of the words, each once, in the same order; among them
   * every row that could not be read when it came, for it may have any word.
   */
  rowsWith(words: readonly string[], after?: string): Iterable<Found<V>>;
};

/** The table of a partition, whose rows can also be looked at as bytes. */
export type JoinedTable<V> = Table<V> & { readonly rowStore: RowStore };

/** What makes words of the strings of a field: `movie:` and the string, in the form it has. */
export type WordField = { readonly prefix: `${string}:`; readonly form: WordForm };

/** Fields that are lists of strings, with what makes words of them. */
export type WordFields<V> = {
  readonly [K in keyof V as V[K] extends readonly string[] ? K : never]?: WordField;
};

/** A table to be joined, and the fields that its rows are found by. */
export type TableSpec<T extends Topic> = {
  readonly topic: T;
  readonly wordFields: WordFields<ValueOf<T>>;
};

/** The word that rows with a string in a field are found by. */
export const wordOf = ({ prefix, form }: WordField, text: string): string =>
  `${prefix}${inForm(form, text)}`;

/** The words that a row is found by, each once. */
export function wordsIn<V>(row: V, wordFields: WordFields<V>): readonly string[] {
  const words = new Set<string>();
  for (const [name, field] of Object.entries<WordField | undefined>(wordFields)) {
    if (field === undefined) continue;
    const strings = row[name as keyof V] as readonly string[];
    for (const each of strings) words.add(wordOf(field, each));
  }
  return [...words];
}

/**
 * Why a row is not kept that is found by too much; null when it is. Each word costs beside the
 * value, so the bytes of a row do not bound what it takes.
 */
export function faultOfWords<V>(row: V, wordFields: WordFields<V>): RowFault | null {
  const fields = Object.keys(wordFields);
  const listed = fields.reduce((sum, name) => sum + (row[name as keyof V] as string[]).length, 0);
  if (listed <= limits.followed || wordsIn(row, wordFields).length <= limits.followed) return null;
  const reason = `${fields.join(' and ')} together have more than ${limits.followed} entries`;
  return { code: 'FIELD_TOO_LARGE', reason };
}

/** The table that a store holds. A row is read again each time: its schema may be known by now. */
export function tableOf<T extends Topic>(
  store: RowStore,
  { topic, wordFields }: TableSpec<T>,
  serde: Serde,
  partition = 0,
): JoinedTable<ValueOf<T>> {
  const toRow = ({ key, offset, value }: StoredRow): Found<ValueOf<T>> => {
    const unreadable = ({ code, reason }: RowFault) => {
      const place = `${topic.name}-${partition} at ${offset}`;
      return { key, offset, fault: { code, reason }, place, replaces: store.replacesReadable(key) };
    };
    const large = value.equals(largeRow) ? faultOfSize(Number.POSITIVE_INFINITY) : null;
    if (large) return unreadable(large);
    const decoded = serde.decode(topic, value);
    if (!decoded.ok) return unreadable(decoded);
    const fault = faultOfWords(decoded.value, wordFields);
    return fault ? unreadable(fault) : { key, offset, value: decoded.value };
  };
  function* toRows(stored: Iterable<StoredRow>) {
    for (const row of stored) yield toRow(row);
  }
  return {
    rowStore: store,
    get(key) {
      const stored = store.get(key);
      return stored && toRow(stored);
    },
    rows: (after) => toRows(store.rows(after)),
    rowsWith: (words, after) => toRows(store.rowsWith(words, after)),
  };
}

/** Any table specification, where the type of its rows does not matter. */
export type AnyTableSpec = {
  readonly topic: Topic;
  readonly wordFields: object;
};
