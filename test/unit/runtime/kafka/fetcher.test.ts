import { afterEach, expect, test } from 'vitest';
import type { KafkaClient } from '../../../../runtime/kafka/client.ts';
import type { FetchedPartition } from '../../../../runtime/kafka/fetch-request.ts';
import { openReader, type PartitionReader } from '../../../../runtime/kafka/reader.ts';
import { encodeRecordBatch } from '../../../../runtime/kafka/record-batch-encoder.ts';
import { Decoder, type WireCluster, type WireRequest } from '../../../../runtime/kafka/wire.ts';
import { createLog } from '../../../../runtime/log.ts';

const topic = 'orders';
type Asked = { readonly partition: number; readonly offset: number };
type Answer = Partial<FetchedPartition> & { readonly partition: number };
type Node = (asked: readonly Asked[]) => Promise<readonly Answer[]>;

/** The partitions of a request, in the order in which the broker fills its answer (version 11). */
async function partitionsIn(request: WireRequest<unknown>): Promise<readonly Asked[]> {
  const { buffer } = await request.request.encode();
  const decoder = new Decoder(buffer);
  for (let skip = 0; skip < 4; skip += 1) decoder.readInt32();
  decoder.readInt8();
  decoder.readInt32();
  decoder.readInt32();
  const topics = decoder.readArray((each) => {
    each.readString();
    return each.readArray((at) => {
      const partition = at.readInt32();
      at.readInt32();
      const offset = Number(at.readInt64());
      at.readInt64();
      at.readInt32();
      return { partition, offset };
    });
  });
  return topics.flat();
}

/** One record, as the broker would keep it at an offset. */
async function recordAt({ partition, offset }: Asked): Promise<Answer> {
  const origin = { producerId: -1n, producerEpoch: -1, firstSequence: -1 };
  const records = await encodeRecordBatch([{ topic, key: null, value: Buffer.from('value') }], {
    ...origin,
    transactional: false,
    timestampMs: 0,
  });
  records.writeBigInt64BE(BigInt(offset), 0);
  return { partition, records };
}

const nothing = ({ partition }: Asked): Answer => ({ partition });
/** A broker that has a record at every offset of all it leads. */
const endless: Node = (asked) => Promise.all(asked.map(recordAt));
const emptyHanded: Node = async (asked) => {
  await new Promise((resolve) => setImmediate(resolve));
  return asked.map(nothing);
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A client of brokers that answer as a test says; `leaders[p]` leads partition p, -1 for none. */
function clientOf(leaders: readonly number[], nodes: Readonly<Record<number, Node>>): KafkaClient {
  const findBroker = async ({ nodeId }: { nodeId: number }) => {
    const node = nodes[nodeId];
    if (!node) throw new Error(`there is no broker ${nodeId}`);
    const connectionPool = {
      async send(request: WireRequest<unknown>) {
        const answers = await node(await partitionsIn(request));
        const partitions = answers.map((answer) => ({
          topic,
          errorCode: 0,
          highWatermark: 0,
          logStartOffset: 0,
          aborted: [],
          records: null,
          ...answer,
        }));
        return { errorCode: 0, partitions };
      },
    };
    return { nodeId, connectionPool, disconnect: async () => undefined };
  };
  const cluster = {
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    disconnect: async () => undefined,
    findTopicPartitionMetadata: () =>
      leaders.map((leader, partitionId) => ({ partitionId, leader })),
    findBroker,
  } as unknown as WireCluster;
  return {
    brokers: [],
    log: createLog({ level: 'silent', name: 'fetcher' }),
    cluster,
    openCluster: async () => cluster,
    onClose: (close) => void closers.push(close),
    close: async () => undefined,
  };
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
