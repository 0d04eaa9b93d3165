import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startBroker } from '../../../dev/infra/kafka/broker.ts';
import { choosePort } from '../../../dev/infra/ports.ts';
import type { KafkaClient } from '../../../runtime/kafka/client.ts';
import { endOffsets } from '../../../runtime/kafka/offsets.ts';
import { openProducer } from '../../../runtime/kafka/producer.ts';
import { openReader, type PartitionReader } from '../../../runtime/kafka/reader.ts';
import { type KafkaProxy, openKafkaProxy } from '../../faults/kafka-proxy.ts';
import {
  brokerAddress,
  connect,
  createTopic,
  log,
  readPartition,
  takeOverFirst,
  textRecord,
} from '../support/client-bench.ts';
import { openStock } from '../support/stock-client.ts';

/** Long enough for a broker that is busy, short enough for a test. */
const requestTimeoutMs = 1000;
const values = Array.from({ length: 50 }, (_, index) => `value ${index}`);

let proxy: KafkaProxy;
/** Writes past the proxy. */
let writing: KafkaClient;

beforeAll(async () => {
  proxy = await openKafkaProxy(brokerAddress());
  writing = await connect(brokerAddress());
});
afterAll(async () => {
  await writing.close();
  await proxy.close();
});

async function write(kafka: KafkaClient, topic: string, texts: readonly string[]): Promise<void> {
  const producer = openProducer({ kafka, log });
  for (const text of texts) await producer.send([textRecord(topic, text)]);
  await producer.close();
}

function readerOf(kafka: KafkaClient, topic: string): PartitionReader {
  const { signal } = new AbortController();
  return openReader({ kafka, topic, partition: 0, fromOffset: 0, signal });
}

/** What a reader delivers until it has brought so many records. */
async function take(reader: PartitionReader, count: number): Promise<readonly string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { records } = await reader.next();
    texts.push(...records.map(({ value }) => value?.toString() ?? ''));
  }
  return texts;
}

test.each([
  { lose: 'reply', next: 'reset' },
  { lose: 'request', next: 'reset' },
  { lose: 'reply', next: 'silence' },
] as const)(
  'a fetch whose $lose is lost, then $next: nothing is lost or doubled',
  async (fault) => {
    const topic = await createTopic(brokerAddress());
    const kafka = await connect(proxy.address, requestTimeoutMs);
    const reader = readerOf(kafka, topic);
    await write(writing, topic, values.slice(0, 10));
    const before = await take(reader, 10);
    const hits = proxy.hits.length;
    proxy.strike({ api: 'Fetch', after: 0, ...fault });
    await write(writing, topic, values.slice(10));
    const after = await take(reader, values.length - 10);
    expect(proxy.hits).toHaveLength(hits + 1);
    await kafka.close();
    expect([...before, ...after]).toEqual(values);
  },
);

test('stock: a connection on which an answer never came is used for ever', async () => {
  const { kafka } = openStock(proxy.address, { requestTimeout: requestTimeoutMs });
  const admin = kafka.admin({ retry: { retries: 0 } });
  await admin.connect();
  await admin.listTopics();
  proxy.blackHole();
  await expect(admin.listTopics()).rejects.toThrow('timed out');
  await expect(admin.listTopics()).rejects.toThrow('timed out');
});

test('ours: a connection on which an answer never came is given up for a new one', async () => {
  const topic = await createTopic(brokerAddress());
  const kafka = await connect(proxy.address, requestTimeoutMs);
  await endOffsets(kafka, topic);
  proxy.blackHole();
  await expect(endOffsets(kafka, topic)).rejects.toThrow('timed out');
  expect(await endOffsets(kafka, topic)).toEqual([{ low: 0, high: 0 }]);
  await kafka.close();
});

test('a batch that is larger than a partition may have in an answer is read', async () => {
  const config = { 'max.message.bytes': String(4 * 1024 * 1024) };
  const topic = await createTopic(brokerAddress(), { partitions: 2, config });
  const large = randomBytes(3 * 1024 * 1024);
  const small = randomBytes(600 * 1024);
  const producer = openProducer({ kafka: writing, log });
  const records = [0, 0, 0, 0, 1].map((partition) => ({
    ...textRecord(topic, ''),
    partition,
    value: partition === 1 ? large : small,
  }));
  for (const record of records) await producer.send([record]);
  await producer.close();
  const [first, second] = await Promise.all([
    readPartition(writing, topic, 0),
    readPartition(writing, topic, 1),
  ]);
  expect(first).toHaveLength(4);
  expect(second.map(({ value }) => value?.equals(large))).toEqual([true]);
});

test('a broker that is restarted: reading, writing and transactions go on', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vestnik-restart-'));
  const broker = await choosePort([]);
  const ports = { broker, controller: await choosePort([], new Set([broker])) };
  const options = { classPath: inject('infra').kafkaClassPath, ports, dataDir, jvmArgs: [] };
  const first = await startBroker(options);
  const kafka = await connect(`127.0.0.1:${broker}`, requestTimeoutMs);
  const topic = await createTopic(`127.0.0.1:${broker}`);
  const id = randomUUID();
  const reader = readerOf(kafka, topic);
  const { producer } = await takeOverFirst(kafka, id, topic);
  const commitOf = (text: string, nextOffset: number) => ({
    records: [textRecord(topic, text)],
    offsets: [{ topic, partition: 0, nextOffset }],
  });
  await producer.commit(commitOf('before', 1));
  expect(await take(reader, 1)).toEqual(['before']);

  await first.stop();
  await expect(producer.commit(commitOf('lost', 2))).rejects.toMatchObject({ retryable: true });
  await producer.close();
  const second = await startBroker(options);
  const next = await takeOverFirst(kafka, id, topic);
  expect(next.committed).toEqual([{ nextOffset: 1, metadata: '' }]);
  await next.producer.commit(commitOf('after', 2));
  expect(await take(reader, 1)).toEqual(['after']);

  await next.producer.close();
  await kafka.close();
  await second.stop();
  rmSync(dataDir, { recursive: true });
});
