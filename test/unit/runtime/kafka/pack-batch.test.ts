import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { addRecord, createBatchBuilder } from '../../../../runtime/kafka/batch-builder.ts';
import {
  encodeRecordBatch,
  lengthOf,
  packBatch,
} from '../../../../runtime/kafka/record-batch-encoder.ts';
import { decodeRecordSet } from './decode-set.ts';

const topic = 'notifications';
const place = { topic, partition: 0, fromOffset: 0 };
const origin = {
  producerId: 1n,
  producerEpoch: 0,
  firstSequence: 0,
  transactional: false,
  timestampMs: 0,
};
const maxMessageBytes = 1024 * 1024;
const keyOf = (n: number) => Buffer.from(String(n));

function batchOf(count: number, valueOf: (n: number) => Buffer) {
  const batch = createBatchBuilder();
  for (let n = 0; n < count; n += 1) addRecord(batch, { key: keyOf(n), value: valueOf(n) });
  return batch;
}

test('a batch that does not shrink is cut until the broker takes each part', async () => {
  const packed = await packBatch(batchOf(500, () => randomBytes(8000)));
  expect(packed.length).toBeGreaterThan(3);
  for (const each of packed) expect(lengthOf(each)).toBeLessThan(maxMessageBytes);
  expect(packed.reduce((sum, { count }) => sum + count, 0)).toBe(500);
});

test('what was cut keeps its records, their headers and their order', async () => {
  const headers = [['vestnik-code', Buffer.from('x')] as const];
  const records = Array.from({ length: 300 }, (_, n) => ({
    topic,
    key: keyOf(n),
    value: n === 7 ? null : randomBytes(8000),
    headers,
  }));
  const set = await encodeRecordBatch(records, origin);
  const decoded: { key: Buffer | null; value: Buffer | null; headers: unknown }[] = [];
  // A set as it is read has ascending offsets; here every batch begins at zero.
  for (let at = 0; at < set.length; ) {
    const end = at + 12 + set.readInt32BE(at + 8);
    decoded.push(...(await decodeRecordSet(set.subarray(at, end), [], place)).records);
    at = end;
  }
  expect(decoded.map(({ key }) => key)).toEqual(records.map(({ key }) => key));
  expect(decoded[7]?.value).toBeNull();
  expect(
    decoded.every(({ value }, n) => records[n]?.value?.equals(value ?? keyOf(0)) ?? true),
  ).toBe(true);
  expect(decoded.at(-1)?.headers).toEqual(headers);
});

test('text stays in one batch, however long it was before', async () => {
  const text = Buffer.from('Уважаемая Анна, вышла новая серия. '.repeat(20));
  expect(await packBatch(batchOf(3000, () => text))).toHaveLength(1);
});

test('a single record that is too large is left for the broker to refuse', async () => {
  expect(await packBatch(batchOf(1, () => randomBytes(2_000_000)))).toHaveLength(1);
});
