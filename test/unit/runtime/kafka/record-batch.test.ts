import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../../../../runtime/crc32c.ts';
import type { OutgoingRecord } from '../../../../runtime/kafka/record.ts';
import {
  beforeRecords,
  nextRecord,
  recordAt,
  recordsFrom,
} from '../../../../runtime/kafka/record-batch-decoder.ts';
import { encodeRecordBatch } from '../../../../runtime/kafka/record-batch-encoder.ts';
import { readRecordSet } from '../../../../runtime/kafka/record-set.ts';
import { decodeRecordSet } from './decode-set.ts';

const require = createRequire(import.meta.url);
const place = { topic: 'any', partition: 3, fromOffset: 0 };
const origin = {
  producerId: 42n,
  producerEpoch: 7,
  firstSequence: 5,
  transactional: true,
  timestampMs: 1_700_000_000_123,
};

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)));
const outgoing = fc.record({
  topic: fc.constant('any'),
  key: bytes,
  value: bytes,
  headers: fc.array(fc.tuple(fc.string({ maxLength: 10 }), bytes), { maxLength: 3 }),
});

/** A batch as the broker would store it: at an offset, with a marker's attributes if wanted. */
function at(batch: Buffer, baseOffset: number): Buffer {
  const stored = Buffer.from(batch);
  stored.writeBigInt64BE(BigInt(baseOffset), 0);
  return stored;
}

async function plain(key: string, producerId: bigint): Promise<Buffer> {
  const record = { topic: 'any', key: Buffer.from(key), value: Buffer.from(key) };
  return encodeRecordBatch([record], { ...origin, producerId });
}

/** The same batch under other attributes, its checksum put right. */
function withAttributes(batch: Buffer, attributes: number): Buffer {
  batch.writeInt16BE(attributes, 21);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** A control batch: attributes say so, the key is version and type. */
async function marker(kind: 'abort' | 'commit', producerId: bigint): Promise<Buffer> {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]);
  const record = { topic: 'any', key, value: Buffer.alloc(6) };
  const batch = await encodeRecordBatch([record], { ...origin, producerId });
  return withAttributes(batch, 0x30);
}

const keysOf = async (set: Buffer, aborted: { producerId: bigint; firstOffset: number }[]) => {
  const { records } = await decodeRecordSet(set, aborted, place);
  return records.map(({ key }) => key?.toString());
};

test('what is written is read back, with and without compression', async () => {
  const arrays = fc.array(outgoing, { minLength: 1, maxLength: 30 });
  const property = fc.asyncProperty(arrays, async (records) => {
    const batch = await encodeRecordBatch(records, origin);
    const decoded = await decodeRecordSet(at(batch, 100), [], place);
    expect(decoded.nextOffset).toBe(100 + records.length);
    expect(decoded.records).toEqual(
      records.map((record, index) => ({
        ...record,
        partition: 3,
        offset: 100 + index,
        timestampMs: origin.timestampMs,
      })),
    );
  });
  await fc.assert(property, { numRuns: 200 });
});

test('a walk over the places of a batch meets the same records', async () => {
  const arrays = fc.array(outgoing, { minLength: 1, maxLength: 30 });
  const property = fc.asyncProperty(arrays, async (list) => {
    const set = at(await encodeRecordBatch(list, origin), 2 ** 35);
    const { batches } = await readRecordSet(set, [], place);
    for (const batch of batches) {
      const expected = recordsFrom(batch, place);
      const walked = beforeRecords(batch);
      const part = (start: number, end: number) =>
        end < 0 ? null : batch.records.subarray(start, end);
      for (const record of expected) {
        expect(nextRecord(walked)).toBe(true);
        expect(walked.offset).toBe(record.offset);
        expect(part(walked.keyStart, walked.keyEnd)).toEqual(record.key);
        expect(part(walked.valueStart, walked.valueEnd)).toEqual(record.value);
        expect(recordAt(batch, walked.start, place)).toEqual(record);
      }
      expect(nextRecord(walked)).toBe(false);
    }
  });
  await fc.assert(property, { numRuns: 200 });
});

test('a batch whose records end too early is refused, whoever reads them', async () => {
  const record = { topic: 'any', key: Buffer.from('key'), value: Buffer.from('value') };
  const { batches } = await readRecordSet(await encodeRecordBatch([record], origin), [], place);
  for (const batch of batches) {
    for (let length = 0; length < batch.records.length; length += 1) {
      const torn = { ...batch, records: batch.records.subarray(0, length) };
      const refused = expect.objectContaining({ code: 'KAFKA_PROTOCOL' });
      expect(() => recordsFrom(torn, place), `${length} bytes`).toThrow(refused);
      expect(() => nextRecord(beforeRecords(torn)), `${length} bytes`).toThrow(refused);
    }
  }
});

test('a value that claims to be longer than its record is refused', async () => {
  const record = { topic: 'any', key: null, value: Buffer.from('value') };
  const two = await encodeRecordBatch([record, record], origin);
  const { batches } = await readRecordSet(two, [], place);
  for (const batch of batches) {
    const lying = { ...batch, records: Buffer.from(batch.records) };
    lying.records[lying.records.indexOf('value') - 1] = 2 * 9;
    expect(() => nextRecord(beforeRecords(lying))).toThrow('a value goes past its record');
  }
});

/** The same batch as the package encodes it. */
async function encodeStock(records: readonly OutgoingRecord[]): Promise<Buffer> {
  const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0');
  const Record = require('kafkajs/src/protocol/recordBatch/record/v0');
  const { buffer } = await RecordBatch({
    records: records.map(({ key, value, headers }, offsetDelta) =>
      Record({ key, value, headers: Object.fromEntries(headers ?? []), offsetDelta }),
    ),
    firstTimestamp: origin.timestampMs,
    maxTimestamp: origin.timestampMs,
    producerId: '42',
    producerEpoch: origin.producerEpoch,
    firstSequence: origin.firstSequence,
    transactional: true,
    lastOffsetDelta: records.length - 1,
  });
  return buffer;
}

test('an uncompressed batch has the very bytes that kafkajs writes', async () => {
  // The package takes headers as an object: no name twice, no number as a name, no null.
  const headers = fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 20 })),
    { maxLength: 2, selector: ([name]) => name },
  );
  const record = fc.record({
    topic: fc.constant('any'),
    key: fc.option(fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))),
    value: fc.option(fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))),
    headers: headers.map((list) =>
      list.map(([name, value]): [string, Buffer] => [name, Buffer.from(value)]),
    ),
  });
  // Together below the size from which our batches are compressed.
  const arrays = fc.array(record, { minLength: 1, maxLength: 2 });
  const property = fc.asyncProperty(arrays, async (records) => {
    const ours = await encodeRecordBatch(records, origin);
    expect(ours).toEqual(await encodeStock(records));
  });
  await fc.assert(property, { numRuns: 300 });
});

test('the checksum is the one that kafkajs computes', () => {
  const theirs = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
    const bytes = Buffer.from(array);
    expect(crc32c(bytes)).toBe(theirs(bytes) >>> 0);
  });
  fc.assert(property);
});

test('a fetch in the middle of a batch delivers only what lies behind the position', async () => {
  const records = ['a', 'b', 'c'].map((key) => ({
    topic: 'any',
    key: Buffer.from(key),
    value: null,
  }));
  const set = at(await encodeRecordBatch(records, origin), 10);
  const decoded = await decodeRecordSet(set, [], { ...place, fromOffset: 12 });
  expect(decoded.records.map(({ key }) => key?.toString())).toEqual(['c']);
});

test('a batch that is cut off is left for the next fetch', async () => {
  const set = Buffer.concat([at(await plain('a', 1n), 0), at(await plain('b', 1n), 1)]);
  const decoded = await decodeRecordSet(set.subarray(0, set.length - 1), [], place);
  expect(decoded.records).toHaveLength(1);
  expect(decoded.nextOffset).toBe(1);
});

test('a batch that compaction emptied moves the position and delivers nothing', async () => {
  const full = at(await plain('a', 1n), 50);
  const emptied = Buffer.from(full.subarray(0, 61));
  emptied.writeInt32BE(61 - 12, 8);
  emptied.writeInt32BE(9, 23);
  emptied.writeInt32BE(0, 57);
  const decoded = await decodeRecordSet(withAttributes(emptied, 0x10), [], place);
  expect(decoded).toEqual({ records: [], nextOffset: 60 });
});

test('a damaged batch is refused; the stock client delivers it', async () => {
  const set = at(await plain('a', 1n), 0);
  const lastOfValue = set.length - 2;
  set[lastOfValue] = 'b'.charCodeAt(0);
  await expect(decodeRecordSet(set, [], place)).rejects.toThrow('checksum');

  const { Decoder } = await import('../../../../runtime/kafka/wire.ts');
  const decode = require('kafkajs/src/protocol/recordBatch/v0/decoder');
  const { records } = await decode(new Decoder(set));
  expect(records[0].value.toString()).toBe('b');
});

/** A batch of one record whose body is stored as the compression of that code. */
async function compressed(code: number, compress: (body: Buffer) => Buffer): Promise<Buffer> {
  const whole = await plain('packed', 1n);
  const batch = Buffer.concat([whole.subarray(0, 61), compress(whole.subarray(61))]);
  batch.writeInt32BE(batch.length - 12, 8);
  return withAttributes(batch, code);
}

test('one bare block of Snappy, as librdkafka sends it, is read', async () => {
  const { compressSync } = await import('snappy');
  expect(await keysOf(await compressed(2, compressSync), [])).toEqual(['packed']);
});

test('a compression that Kafka has not is refused', async () => {
  const unknown = await compressed(5, (body) => body);
  await expect(decodeRecordSet(unknown, [], place)).rejects.toMatchObject({
    code: 'KAFKA_PROTOCOL',
    message: expect.stringContaining('code 5'),
  });
});

test('where the topic takes the time of the broker, every record has it', async () => {
  const batch = await plain('a', 1n);
  batch.writeBigInt64BE(9_000n, 35);
  const { records } = await decodeRecordSet(withAttributes(batch, 0x08), [], place);
  expect(records.map(({ timestampMs }) => timestampMs)).toEqual([9_000]);
});

test('overlapping transactions, listed in the order of their markers, are told apart', async () => {
  // Producer 1 begins first and is rolled back last; kafkajs delivers its record.
  const set = Buffer.concat([
    at(await plain('dropped by 1', 1n), 0),
    at(await plain('dropped by 2', 2n), 1),
    at(await marker('abort', 2n), 2),
    at(await plain('dropped by 1 too', 1n), 3),
    at(await marker('abort', 1n), 4),
    at(await plain('kept of 1', 1n), 5),
    at(await marker('commit', 1n), 6),
  ]);
  const aborted = [
    { producerId: 2n, firstOffset: 1 },
    { producerId: 1n, firstOffset: 0 },
  ];
  expect(await keysOf(set, aborted)).toEqual(['kept of 1']);
  expect(await keysOf(set, [])).toHaveLength(4);
});

test('a key of four zero bytes is no marker', async () => {
  const zeros = { topic: 'any', key: Buffer.alloc(4), value: null };
  const set = Buffer.concat([
    at(await encodeRecordBatch([zeros], { ...origin, producerId: 1n }), 0),
    at(await plain('dropped', 1n), 1),
    at(await marker('abort', 1n), 2),
  ]);
  expect(await keysOf(set, [{ producerId: 1n, firstOffset: 0 }])).toEqual([]);
});
