import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KafkaClient } from '../../../runtime/kafka/client.ts';
import { fetchFrom } from '../../../runtime/kafka/fetch-request.ts';
import { offsetRange } from '../../../runtime/kafka/offsets.ts';
import { openProducer, type Producer } from '../../../runtime/kafka/producer.ts';
import { decodeRecordSet } from '../../unit/runtime/kafka/decode-set.ts';
import {
  brokerAddress,
  connect,
  createTopic,
  log,
  readPartition,
} from '../support/client-bench.ts';
import { openStock } from '../support/stock-client.ts';
import { until } from '../support/system.ts';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

/** Every append starts a new segment, and all but the last may be cleaned at once. */
const eager = {
  'cleanup.policy': 'compact',
  'segment.bytes': '1048576',
  'segment.ms': '1',
  'min.cleanable.dirty.ratio': '0.001',
  'max.compaction.lag.ms': '1',
};
const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
/** So small that a broker answers with one batch at a time. */
const oneBatch = { maxWaitMs: 100, maxBytes: 1, maxPartitionBytes: 1 };

let kafka: KafkaClient;
let topic: string;
let high: number;

/** The cleaner looks for work every 15 seconds by default; a broker takes a new value at once. */
async function setCleanerPause(value: string | null): Promise<void> {
  const admin = new Kafka({ brokers: [brokerAddress()], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const configEntries = value === null ? [] : [{ name: 'log.cleaner.backoff.ms', value }];
  const type = ConfigResourceTypes.BROKER;
  const [nodeId = ''] = kafka.cluster.getNodeIds();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type, name: nodeId, configEntries }],
  });
  await admin.disconnect();
}

const rows = (value: string) =>
  keys.map((key) => ({ topic, key: Buffer.from(key), value: Buffer.from(value) }));

/** What one fetch from a position brings, as our reader takes it. */
async function fetchAt(position: number) {
  const [nodeId] = kafka.cluster.getNodeIds();
  const broker = await kafka.cluster.findBroker({ nodeId: Number(nodeId) });
  const place = { topic, partition: 0, fetchOffset: position };
  const { partitions } = await fetchFrom(broker, [place], oneBatch);
  const set = partitions[0]?.records ?? Buffer.alloc(0);
  return decodeRecordSet(set, [], { topic, partition: 0, fromOffset: position });
}

/**
 * Two producers write the same keys, and a third a row behind them. Compaction keeps the emptied
 * batch of the first, because it is the last of its producer and holds its sequence.
 */
beforeAll(async () => {
  kafka = await connect(brokerAddress());
  await setCleanerPause('100');
  topic = await createTopic(brokerAddress(), { config: eager });
  const producers: Producer[] = [];
  for (const value of ['old', 'new', 'end']) {
    const producer = openProducer({ kafka, log });
    producers.push(producer);
    await producer.send(value === 'end' ? rows(value).slice(0, 1) : rows(value));
  }
  await Promise.all(producers.map((producer) => producer.close()));
  ({ high } = await offsetRange(kafka, topic, 0));
  await until('the first batch is emptied', async () => {
    const { records, nextOffset } = await fetchAt(0);
    return records.length === 0 && nextOffset >= keys.length;
  });
});

afterAll(async () => {
  await setCleanerPause(null);
  await kafka.close();
});

test('stock: an emptied batch costs a fetch for every offset that is missing', async () => {
  const { kafka: stock } = openStock(brokerAddress());
  const consumer = stock.consumer({
    groupId: randomUUID(),
    maxWaitTimeInMs: 10,
    maxBytes: oneBatch.maxBytes,
    maxBytesPerPartition: oneBatch.maxPartitionBytes,
  });
  let records = 0;
  let fetches = 0;
  const enough = Promise.withResolvers<void>();
  consumer.on(consumer.events.FETCH, () => {
    fetches += 1;
    if (fetches === keys.length) enough.resolve();
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async () => {
      records += 1;
      enough.resolve();
    },
  });
  await enough.promise;
  await consumer.disconnect();
  expect({ records, fetches }).toEqual({ records: 0, fetches: keys.length });
});

test('ours: an emptied batch costs one fetch', async () => {
  const emptied = await fetchAt(0);
  expect(emptied).toEqual({ records: [], nextOffset: keys.length });
  let fetches = 0;
  let position = 0;
  for (; position < high; fetches += 1) position = (await fetchAt(position)).nextOffset;
  expect(position).toBe(high);
  expect(fetches, 'one for each of the three batches').toBe(3);
});

test('ours: the newest row of every key is read', async () => {
  const records = await readPartition(kafka, topic);
  const table = new Map(records.map(({ key, value }) => [key?.toString(), value?.toString()]));
  const expected = keys.map((key, index) => [key, index === 0 ? 'end' : 'new']);
  expect(Object.fromEntries(table)).toEqual(Object.fromEntries(expected));
});
