import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { javaCommand } from '../../../dev/infra/environment.mjs';
import { quickJvm } from '../../../dev/infra/java.ts';
import type { KafkaClient } from '../../../runtime/kafka/client.ts';
import { fetchFrom } from '../../../runtime/kafka/fetch-request.ts';
import {
  attributeBits,
  batchLayout,
  compressionCodes,
} from '../../../runtime/kafka/record-batch.ts';
import { brokerAddress, connect, createTopic, readPartition } from '../support/client-bench.ts';

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
/** Together several times as much as one block of Snappy (32 KiB) or LZ4 (64 KiB) holds. */
const lines = Array.from(
  { length: 4000 },
  (_, index) => `${index} ${String(index ** 3).repeat(8)}`,
);
const batchBytes = 900_000;
const limits = { maxWaitMs: 0, maxBytes: 1024, maxPartitionBytes: 1024 };

let kafka: KafkaClient;
const topics = new Map<string, string>();

/** Writes the lines with Kafka's own console producer, in batches as large as it makes them. */
async function produceWithJava(topic: string, codec: string): Promise<void> {
  const { kafkaClassPath } = inject('infra');
  const java = spawn(
    javaCommand(),
    [
      '-Xmx256m',
      ...quickJvm,
      '-cp',
      kafkaClassPath,
      'org.apache.kafka.tools.ConsoleProducer',
      '--bootstrap-server',
      brokerAddress(),
      '--topic',
      topic,
      '--compression-codec',
      codec,
      '--producer-property',
      'linger.ms=500',
      '--producer-property',
      `batch.size=${batchBytes}`,
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  java.stdin.end(`${lines.join('\n')}\n`);
  const [code] = await once(java, 'exit');
  if (code !== 0) throw new Error(`the console producer ended with ${code}`);
}

beforeAll(async () => {
  kafka = await connect(brokerAddress());
  for (const codec of codecs) topics.set(codec, await createTopic(brokerAddress()));
  await Promise.all([...topics].map(([codec, topic]) => produceWithJava(topic, codec)));
});
afterAll(() => kafka.close());

/** The code in the first batch of a topic, as the broker keeps it. */
async function codeIn(topic: string): Promise<number | undefined> {
  const [nodeId] = kafka.cluster.getNodeIds();
  const broker = await kafka.cluster.findBroker({ nodeId: Number(nodeId) });
  const position = { topic, partition: 0, fetchOffset: 0 };
  const { partitions } = await fetchFrom(broker, [position], limits);
  const attributes = partitions[0]?.records?.readInt16BE(batchLayout.attributes);
  return attributes === undefined ? undefined : attributes & attributeBits.compression;
}

test.each(codecs)('what a Java producer writes with %s is read', async (codec) => {
  const topic = topics.get(codec) ?? '';
  expect(await codeIn(topic)).toBe(compressionCodes[codec]);
  const records = await readPartition(kafka, topic);
  expect(records.map(({ value }) => value?.toString())).toEqual(lines);
});
