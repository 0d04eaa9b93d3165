import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { systemClock } from '../../../runtime/clock.ts';
import { type Config, loadConfig } from '../../../runtime/config.ts';
import { deploy } from '../../../runtime/deploy/deploy.ts';
import { connectKafka, type KafkaClient } from '../../../runtime/kafka/client.ts';
import { endOffsets } from '../../../runtime/kafka/offsets.ts';
import { openProducer, type Producer } from '../../../runtime/kafka/producer.ts';
import { openReader } from '../../../runtime/kafka/reader.ts';
import type { KafkaRecord, OutgoingRecord } from '../../../runtime/kafka/record.ts';
import { createLog, type Log } from '../../../runtime/log.ts';
import { openSerde, type Serde } from '../../../runtime/serde.ts';
import { allTopics, type Topic, type ValueOf } from '../../../schemas/topics.ts';
import type { Written } from '../../scenarios/scenario.ts';

/** A test's own view of the real broker: what upstream services and readers would see. */
export type System = {
  readonly config: Config;
  readonly log: Log;
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly producer: Producer;
  /** A record as an upstream service writes it. */
  encode(written: Written): OutgoingRecord;
  write(written: readonly Written[]): Promise<void>;
  /** All committed records of a topic, from its beginning to its end as it is now. */
  read(topic: Topic): Promise<KafkaRecord[]>;
  readValues<T extends Topic>(topic: T): Promise<ValueOf<T>[]>;
  /** Environment of a child process that works on the same infrastructure. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

const pollMs = 50;
const settleDeadlineMs = 60_000;

/** Waits until a condition holds; fails with the name of what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs: number = settleDeadlineMs,
): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain for: ${what}`);
    await systemClock.sleep(pollMs);
  }
}

async function readAll(kafka: KafkaClient, topic: Topic): Promise<KafkaRecord[]> {
  const { signal } = new AbortController();
  const ranges = await endOffsets(kafka, topic.name);
  const partitions = ranges.map(async ({ low, high }, partition) => {
    const records: KafkaRecord[] = [];
    const reader = openReader({ kafka, topic: topic.name, partition, fromOffset: low, signal });
    for (let position = low; position < high; ) {
      const batch = await reader.next();
      records.push(...batch.records);
      position = batch.nextOffset;
    }
    reader.close();
    return records;
  });
  return (await Promise.all(partitions)).flat();
}

/**
 * Opens the system for one test file. `name` sets its groups and transactional ids apart from
 * those of other files; the topics are shared, so a test must look for its own events only.
 */
export async function openSystem(name: string): Promise<System> {
  const infra = inject('infra');
  const dataDir = mkdtempSync(join(tmpdir(), `vestnik-${name}-`));
  const environment = {
    KAFKA_BROKERS: infra.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: infra.schemaRegistryUrl,
    DATABASE_URL: infra.databaseUrl,
    VESTNIK_DATA_DIR: dataDir,
    VESTNIK_APP_ID: name,
    LOG_LEVEL: 'warn',
  };
  const config = loadConfig(environment);
  const log = createLog({ level: 'warn', name });
  const brokers = config.kafkaBrokers;
  const kafka = await connectKafka({ brokers, clientId: name, log });
  const registryUrl = config.schemaRegistryUrl;
  const clock = systemClock;
  await deploy({ kafka, registryUrl, topics: allTopics, log, clock });
  const { signal } = new AbortController();
  const serde = await openSerde({ registryUrl, topics: allTopics, log, clock, signal });
  const producer = openProducer({ kafka, log });

  const encode = ({ topic, key, value }: Written): OutgoingRecord => ({
    topic: topic.name,
    key: key === null ? null : Buffer.from(key),
    value: value === null || Buffer.isBuffer(value) ? value : serde.encode(topic, value as never),
  });
  return {
    config,
    log,
    kafka,
    serde,
    producer,
    environment,
    encode,
    write: (written) => producer.send(written.map(encode)),
    read: (topic) => readAll(kafka, topic),
    async readValues(topic) {
      const records = await readAll(kafka, topic);
      await serde.prepare(records.map(({ value }) => value));
      return records.map(({ value }) => {
        const decoded = serde.decode(topic, value ?? Buffer.alloc(0));
        if (!decoded.ok) throw new Error(`${topic.name}: ${decoded.reason}`);
        return decoded.value;
      });
    },
    async close() {
      await producer.close();
      await kafka.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
