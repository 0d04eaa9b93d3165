import { createRequire } from 'node:module';
import { afterEach, expect, test, vi } from 'vitest';
import { createRecordSink } from '../../../../runtime/kafka/record-sink.ts';

const require = createRequire(import.meta.url);
const group = require('kafkajs/src/producer/groupMessagesPerPartition') as (args: object) => object;

afterEach(() => vi.restoreAllMocks());

/** How many elements were spread out of arrays while something was done. */
function elementsSpread(work: () => void): number {
  let count = 0;
  const { [Symbol.iterator]: original } = Array.prototype;
  Array.prototype[Symbol.iterator] = function counting(this: unknown[]) {
    count += this.length;
    return original.call(this);
  };
  try {
    work();
  } finally {
    Array.prototype[Symbol.iterator] = original;
  }
  return count;
}

test('stock: grouping n records copies about n squared over two', () => {
  const copiesOf = (size: number) =>
    elementsSpread(() => {
      const messages = Array.from({ length: size }, () => ({ value: 'v' }));
      const partitionMetadata = [{ partitionId: 0, leader: 1 }];
      group({ topic: 'orders', partitionMetadata, messages, partitioner: () => 0 });
    });
  expect(copiesOf(1000)).toBe((1000 * 999) / 2);
  expect(copiesOf(2000)).toBe((2000 * 1999) / 2);
});

/** Bytes that were copied, and bytes that the batches then hold. */
function bytesOf(size: number): { readonly copied: number; readonly held: number } {
  const copying = vi.spyOn(Uint8Array.prototype, 'set');
  const sink = createRecordSink(() => 1, { maxRecords: size, maxBytes: Number.MAX_SAFE_INTEGER });
  const record = { topic: 'orders', key: Buffer.from('key'), value: Buffer.alloc(100) };
  for (let index = 0; index < size; index += 1) sink.add(record);
  const copied = copying.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
  copying.mockRestore();
  const batches = sink.partitions().flatMap((each) => each.batches);
  return { copied, held: batches.reduce((sum, { at }) => sum + at, 0) };
}

test.each([1000, 20_000])('ours: %d records are copied once, and again as memory doubles', (n) => {
  const { copied, held } = bytesOf(n);
  expect(held).toBeGreaterThan(n * 100);
  expect(copied).toBeLessThan(3 * held);
});
