import { createRowWords } from '../../runtime/row-words.ts';
import type { Serde } from '../../runtime/serde.ts';
import { createRowStore, rowChange } from '../../runtime/store/row-store.ts';
import { type JoinedTable, type TableSpec, tableOf } from '../../runtime/table.ts';
import type { Topic, ValueOf } from '../../schemas/topics.ts';

/** A table of the driver: the store that runs on Kafka, filled by hand instead of from a topic. */
export type MemoryTable<V> = JoinedTable<V> & {
  /** Bytes that nobody can read make an unreadable row, as they do on Kafka. */
  put(key: Buffer, value: Buffer | null, offset: number): void;
};

export function createMemoryTable<T extends Topic>(
  spec: TableSpec<T>,
  serde: Serde,
  partition = 0,
): MemoryTable<ValueOf<T>> {
  const store = createRowStore();
  const wordsOf = createRowWords(spec, serde, store.words);
  return {
    ...tableOf(store, spec, serde, partition),
    put(key, value, offset) {
      const change = rowChange(key, value, offset);
      const words = value === null ? [] : wordsOf(change.bytes, change);
      const readable = Array.isArray(words) ? words : store.wordsOfUnreadable(key);
      store.apply({ ...change, words: readable });
    },
  };
}
