import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { crc32c } from '../../../../runtime/crc32c.ts';
import type { KafkaClient } from '../../../../runtime/kafka/client.ts';
import {
  openBatchReader,
  openReader,
  type PartitionReader,
} from '../../../../runtime/kafka/reader.ts';
import { releaseBatches } from '../../../../runtime/kafka/record-batch-decoder.ts';
import { encodeRecordBatch } from '../../../../runtime/kafka/record-batch-encoder.ts';
import { type Answer, type Asked, clientOf as fakeClient, type Node } from './fake-cluster.ts';

const topic = 'orders';

/** One record, as the broker would keep it at an offset. */
async function recordAt(
  { partition, offset }: Asked,
  value = Buffer.from('value'),
): Promise<Answer> {
  const origin = { producerId: -1n, producerEpoch: -1, firstSequence: -1 };
  const records = await encodeRecordBatch([{ topic, key: null, value }], {
    ...origin,
    transactional: false,
    timestampMs: 0,
  });
  records.writeBigInt64BE(BigInt(offset), 0);
  return { partition, records };
}

const nothing = ({ partition }: Asked): Answer => ({ partition });
/** A broker that has a record at every offset of all it leads. */
const endless: Node = (asked) => Promise.all(asked.map((each) => recordAt(each)));
const emptyHanded: Node = async (asked) => {
  await new Promise((resolve) => setImmediate(resolve));
  return asked.map(nothing);
};

const clients: KafkaClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function clientOf(leaders: readonly number[], nodes: Readonly<Record<number, Node>>): KafkaClient {
  const client = fakeClient({ topic, leaders, nodes });
  clients.push(client);
  return client;
}

function readerOf(kafka: KafkaClient, partition: number): PartitionReader {
  const { signal } = new AbortController();
  return openReader({ kafka, topic, partition, fromOffset: 0, signal });
}

/** The next offsets that a reader delivers. */
async function offsetsOf(reader: PartitionReader, count: number): Promise<readonly number[]> {
  const offsets: number[] = [];
  while (offsets.length < count) {
    const { records } = await reader.next();
    offsets.push(...records.map(({ offset }) => offset));
  }
  return offsets;
}

test('a broker that fails makes no record of another arrive twice', async () => {
  const held = Promise.withResolvers<void>();
  const requests: Asked[][] = [];
  let failures = 0;
  const kafka = clientOf([0, 1], {
    async 0(asked) {
      requests.push([...asked]);
      if (requests.length === 1) await held.promise;
      return endless(asked);
    },
    async 1() {
      failures += 1;
      if (failures === 3) held.resolve();
      throw new Error('connection closed');
    },
  });
  const reader = readerOf(kafka, 0);
  readerOf(kafka, 1);
  expect(await offsetsOf(reader, 3)).toEqual([0, 1, 2]);
  const asked = requests.flat().map(({ offset }) => offset);
  expect(new Set(asked).size, 'no offset was asked for twice').toBe(asked.length);
});

test('a broker that has nothing new does not hold the records of another back', async () => {
  const never = Promise.withResolvers<readonly Answer[]>();
  const kafka = clientOf([0, 1], { 0: endless, 1: () => never.promise });
  readerOf(kafka, 1);
  expect(await offsetsOf(readerOf(kafka, 0), 5)).toEqual([0, 1, 2, 3, 4]);
  never.resolve([]);
});

test('a partition without a leader does not keep the others from being read', async () => {
  const kafka = clientOf([0, -1], { 0: endless });
  readerOf(kafka, 1);
  expect(await offsetsOf(readerOf(kafka, 0), 3)).toEqual([0, 1, 2]);
});

test('no partition starves when an answer has room for one only', async () => {
  const partitions = [0, 1, 2, 3];
  const first: number[] = [];
  const kafka = clientOf([0, 0, 0, 0], {
    async 0(asked) {
      const [head, ...rest] = asked;
      if (!head) return [];
      first.push(head.partition);
      return [await recordAt(head), ...rest.map(nothing)];
    },
  });
  const readers = partitions.map((partition) => readerOf(kafka, partition));
  await Promise.all(readers.map((reader) => offsetsOf(reader, 3)));
  const order = first.slice(-2 * partitions.length, -partitions.length);
  expect(new Set(order)).toEqual(new Set(partitions));
});

test('a leader that moved is looked up, and reading goes on where it was', async () => {
  const leaders = [0];
  const kafka = clientOf(leaders, {
    async 0(asked) {
      if ((asked[0]?.offset ?? 0) < 2) return endless(asked);
      leaders[0] = 1;
      return [{ partition: 0, errorCode: 6 }];
    },
    1: endless,
  });
  expect(await offsetsOf(readerOf(kafka, 0), 4)).toEqual([0, 1, 2, 3]);
});

test.each([
  [1, 'OFFSET_OUT_OF_RANGE'],
  [29, 'KAFKA_PROTOCOL'],
  [76, 'KAFKA_PROTOCOL'],
])('the answer %d ends the reader with %s', async (errorCode, code) => {
  const kafka = clientOf([0], { 0: async () => [{ partition: 0, errorCode }] });
  await expect(readerOf(kafka, 0).next()).rejects.toMatchObject({ code });
});

test('empty answers do not fill a reader that nobody asks', async () => {
  let answers = 0;
  const later = Promise.withResolvers<void>();
  const kafka = clientOf([0], {
    async 0(asked) {
      answers += 1;
      if (answers === 10) later.resolve();
      return answers < 10 ? emptyHanded(asked) : endless(asked);
    },
  });
  const reader = readerOf(kafka, 0);
  await later.promise;
  expect(await offsetsOf(reader, 1)).toEqual([0]);
});

test('what cannot be read stays in the way of a reader that asks again', async () => {
  const kafka = clientOf([0], {
    async 0(asked) {
      const answers = await endless(asked);
      for (const { records } of answers) {
        // One record more than there are; the checksum is right.
        records?.writeInt32BE(2, 57);
        records?.writeUInt32BE(crc32c(records.subarray(21)), 17);
      }
      return answers;
    },
  });
  const reader = readerOf(kafka, 0);
  for (let turn = 0; turn < 3; turn += 1) {
    await expect(reader.next()).rejects.toMatchObject({ code: 'KAFKA_PROTOCOL' });
  }
});

test('batches are inflated into memory that is lent, records into their own', async () => {
  const value = Buffer.from(randomBytes(400_000).toString('hex'));
  const large: Node = (asked) => Promise.all(asked.map((each) => recordAt(each, value)));
  const kafka = clientOf([0], { 0: large });
  const { signal } = new AbortController();
  const lent = openBatchReader({ kafka, topic, partition: 0, fromOffset: 0, signal });
  const buffers = new Set<ArrayBufferLike>();
  for (let turn = 0; turn < 20; turn += 1) {
    const { batches } = await lent.next();
    for (const { records } of batches) buffers.add(records.buffer);
    releaseBatches(batches);
  }
  lent.close();
  // One in hand, two that wait, one under way.
  expect(buffers.size).toBeLessThanOrEqual(4);

  const reader = readerOf(kafka, 0);
  const records = [];
  while (records.length < 20) records.push(...(await reader.next()).records);
  expect(new Set(records.map((record) => record.value?.buffer)).size).toBe(records.length);
});
