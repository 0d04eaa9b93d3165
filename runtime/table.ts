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

/** A table to be joined, and the words that its rows are indexed by. */
export type TableSpec<T extends Topic> = {
  readonly topic: T;
  readonly indexKeys: (value: ValueOf<T>) => readonly string[];
};

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
  readonly indexKeys: (value: never) => readonly string[];
};
