import type { Topic, ValueOf } from '../schemas/topics.ts';
import type { Serde } from './serde.ts';
import type { RowStore, StoredRow } from './store/row-store.ts';

/** A row of a table: the newest record of its key. */
export type Row<V> = { readonly key: string; readonly value: V; readonly offset: number };

/** A compacted topic, as its rows are now. Reading is synchronous. */
export type Table<V> = {
  get(key: string): Row<V> | undefined;
  /** Rows in an order that never changes, after a key; partition by partition. */
  rows(after?: string): Iterable<Row<V>>;
  /** Rows that the index lists under any of the words, each once, in the same order. */
  rowsWith(words: readonly string[], after?: string): Iterable<Row<V>>;
};

/** The table of a partition, whose rows can also be looked at as bytes. */
export type JoinedTable<V> = Table<V> & { readonly rowStore: RowStore };

/** Fields that are lists of strings, with what makes words of them: `movie:` and the string. */
export type WordFields<V> = {
  readonly [K in keyof V as V[K] extends readonly string[] ? K : never]?: `${string}:`;
};

/** A table to be joined, and the fields that its rows are found by. */
export type TableSpec<T extends Topic> = {
  readonly topic: T;
  readonly wordFields: WordFields<ValueOf<T>>;
};

/** The words that a row is found by, each once. */
export function wordsIn<V>(row: V, wordFields: WordFields<V>): readonly string[] {
  const words = new Set<string>();
  for (const [field, prefix] of Object.entries<string | undefined>(wordFields)) {
    const strings = row[field as keyof V] as readonly string[];
    for (const each of strings) words.add(`${prefix}${each}`);
  }
  return [...words];
}

/** The table that a store holds. Rows were checked when they were stored. */
export function tableOf<T extends Topic>(
  store: RowStore,
  topic: T,
  serde: Serde,
): JoinedTable<ValueOf<T>> {
  const toRow = ({ key, offset, value }: StoredRow): Row<ValueOf<T>> => {
    const decoded = serde.decode(topic, value);
    if (!decoded.ok) throw new Error(`a stored row of ${topic.name} is damaged: ${decoded.reason}`);
    return { key, offset, value: decoded.value };
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
