import type { Row, Table } from '../../runtime/table.ts';

/** A table in memory, with the order and the index of the store on disk. */
export type MemoryTable<V> = Table<V> & { put(key: string, value: V | null, offset: number): void };

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function createMemoryTable<V>(
  indexKeys: (value: V) => readonly string[] = () => [],
): MemoryTable<V> {
  const rows = new Map<string, Row<V>>();
  const inOrder = (after: string | undefined) =>
    [...rows.keys()]
      .toSorted(byBytes)
      .filter((key) => after === undefined || byBytes(key, after) > 0);
  function* present(keys: readonly string[]) {
    for (const key of keys) {
      const row = rows.get(key);
      if (row) yield row;
    }
  }
  return {
    get: (key) => rows.get(key),
    rows: (after) => present(inOrder(after)),
    *rowsWith(indexKey, after) {
      for (const row of present(inOrder(after))) {
        if (indexKeys(row.value).includes(indexKey)) yield row;
      }
    },
    put(key, value, offset) {
      if (value === null) rows.delete(key);
      else rows.set(key, { key, value, offset });
    },
  };
}
