import type { Serde } from '../../runtime/serde.ts';
import { createRowStore, rowChange } from '../../runtime/store/row-store.ts';
import { type JoinedTable, type TableSpec, tableOf, wordsIn } from '../../runtime/table.ts';
import type { Topic, ValueOf } from '../../schemas/topics.ts';

/** A table of the driver: the store that runs on Kafka, filled by hand instead of from a topic. */
export type MemoryTable<V> = JoinedTable<V> & {
  put(key: Buffer, row: { readonly bytes: Buffer; readonly value: V } | null, offset: number): void;
};

export function createMemoryTable<T extends Topic>(
  spec: TableSpec<T>,
  serde: Serde,
): MemoryTable<ValueOf<T>> {
  const store = createRowStore();
  return {
    ...tableOf(store, spec.topic, serde),
    put(key, row, offset) {
      const words = row === null ? [] : wordsIn(row.value, spec.wordFields);
      store.apply(rowChange(key, row?.bytes ?? null, offset, words.map(store.words.numberOf)));
    },
  };
}
