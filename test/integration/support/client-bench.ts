import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { inject } from 'vitest';
import type { VestnikError } from '../../../runtime/errors.ts';
import { createHealth } from '../../../runtime/health.ts';
import { connectKafka, type KafkaClient } from '../../../runtime/kafka/client.ts';
import { offsetRange } from '../../../runtime/kafka/offsets.ts';
import { openReader } from '../../../runtime/kafka/reader.ts';
import type { KafkaRecord, OutgoingRecord } from '../../../runtime/kafka/record.ts';
import { takeOver } from '../../../runtime/kafka/transactions.ts';
import { createLog } from '../../../runtime/log.ts';
import { until } from './system.ts';

const { Kafka, logLevel } = kafkajs;

export const log = createLog({ level: 'silent', name: 'client' });

/** The one broker that the tests share. */
export function brokerAddress(): string {
  const [broker] = inject('infra').kafkaBrokers;
  if (!broker) throw new Error('no broker was started');
  return broker;
}

/** Our client, straight to the broker or by way of a proxy. */
export const connect = (broker: string, requestTimeoutMs?: number): Promise<KafkaClient> =>
  connectKafka({
    brokers: [broker],
    clientId: 'client-test',
    log,
    ...(requestTimeoutMs ? { requestTimeoutMs } : {}),
  });

/** Makes a topic that no other test knows and answers its name. */
export async function createTopic(
  broker: string,
  options: {
    readonly partitions?: number;
    readonly config?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  const topic = `client-${randomUUID()}`;
  const { partitions: numPartitions = 1, config = {} } = options;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] });
  await admin.disconnect();
  return topic;
}

/** Reads a partition with our reader, from its beginning to its end as it is now. */
export async function readPartition(
  kafka: KafkaClient,
  topic: string,
  partition = 0,
): Promise<readonly KafkaRecord[]> {
  const { low, high } = await offsetRange(kafka, topic, partition);
  const { signal } = new AbortController();
  const reader = openReader({ kafka, topic, partition, fromOffset: low, signal });
  const records: KafkaRecord[] = [];
  for (let position = low; position < high; ) {
    const batch = await reader.next();
    records.push(...batch.records);
    position = batch.nextOffset;
  }
  reader.close();
  return records;
}

/** The values that our reader sees, as text. */
export async function valuesIn(kafka: KafkaClient, topic: string): Promise<readonly string[]> {
  const records = await readPartition(kafka, topic);
  return records.map(({ value }) => value?.toString() ?? '');
}

export const textRecord = (topic: string, value: string): OutgoingRecord => ({
  topic,
  key: Buffer.from('key'),
  value: Buffer.from(value),
});

/** Takes partition 0 of a topic over, as a task does: again, while the broker is not ready. */
export async function takeOverFirst(kafka: KafkaClient, name: string, input: string) {
  const { signal } = new AbortController();
  const inputs = [{ topic: input, partition: 0 }];
  let taken: Awaited<ReturnType<typeof takeOver>> | undefined;
  await until('the partition is taken over', async () => {
    const names = { transactionalId: name, groupId: name };
    const options = { kafka, ...names, inputs, log, health: createHealth(log), signal };
    taken = await takeOver(options).catch((error: VestnikError) => {
      if (!error.retryable) throw error;
      return undefined;
    });
    return taken !== undefined;
  });
  return taken as NonNullable<typeof taken>;
}
