import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../runtime/clock.ts';
import { deploy } from '../../runtime/deploy/deploy.ts';
import { connectKafka, type KafkaClient } from '../../runtime/kafka/client.ts';
import { openProducer } from '../../runtime/kafka/producer.ts';
import { createLog } from '../../runtime/log.ts';
import { openSerde } from '../../runtime/serde.ts';
import { allTopics, topics } from '../../schemas/topics.ts';
import type { Written } from '../scenarios/scenario.ts';
import type { Broker } from './broker.ts';
import { type Counters, emptyCounters } from './counters.ts';
import { beginAtEnd, isWorkedOff } from './groups.ts';
import { type Population, populate, rowsOf } from './population.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';
import { startWorker, type Worker } from './worker.ts';

/** Where the infrastructure answers, and Kafka's own tools. */
export type Addresses = {
  readonly kafkaBrokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly kafkaClassPath: string;
};

/** What all trials of a run share: one broker, one population, one audience at work. */
export type Plant = {
  readonly addresses: Addresses;
  readonly kafka: KafkaClient;
  readonly population: Population;
  /** Missing where the broker is shared with others. */
  readonly broker: Broker | undefined;
  /** Folder of the broker's logs, likewise. */
  readonly brokerLogs: string | undefined;
  readonly counters: Counters;
  readonly trials: Trial[];
  /** Holds the stores of the trials. */
  readonly directory: string;
  readonly seed: number;
  /** The bytes of a value as an upstream service writes them. */
  encode(written: Written): Buffer;
  write(written: readonly Written[]): Promise<void>;
  /** Waits until `audience` has turned all events into commands. */
  planned(): Promise<void>;
  /** Ends the shared audience for the time of a task that runs its own. */
  withoutAudience(task: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
};

export const eventTopics = [
  topics.episodeReleased,
  topics.movieAdded,
  topics.commentReplied,
  topics.notificationRequested,
] as const;

/** Small batches, so that a restore takes several fetches. */
const rowsPerSend = 100;

/** The environment of a process that works on the plant. */
export function environmentOf(
  plant: Pick<Plant, 'addresses'>,
  own: {
    readonly appId: string;
    readonly dataDir: string;
    readonly broker?: string;
    readonly registry?: string;
  },
): Readonly<Record<string, string>> {
  const { kafkaBrokers, schemaRegistryUrl } = plant.addresses;
  return {
    KAFKA_BROKERS: own.broker ?? kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: own.registry ?? schemaRegistryUrl,
    VESTNIK_DATA_DIR: own.dataDir,
    VESTNIK_APP_ID: own.appId,
    LOG_LEVEL: 'debug',
  };
}

/** Writes the rows of a population, that of the run if none is named; again if they are there. */
export async function writeRows(
  plant: Pick<Plant, 'population' | 'write'>,
  population: Population = plant.population,
): Promise<void> {
  const rows = rowsOf(population);
  for (let from = 0; from < rows.length; from += rowsPerSend) {
    await plant.write(rows.slice(from, from + rowsPerSend));
  }
}

/** Deploys, writes the population's rows and starts the shared audience. */
export async function openPlant(options: {
  readonly addresses: Addresses;
  readonly name: string;
  readonly people: number;
  readonly seed: number;
  readonly broker?: Broker;
  readonly brokerLogs?: string;
}): Promise<Plant> {
  const { addresses, name, people, seed } = options;
  const directory = mkdtempSync(join(tmpdir(), 'vestnik-faults-'));
  const log = createLog({ level: 'silent', name });
  const kafka = await connectKafka({ brokers: addresses.kafkaBrokers, clientId: name, log });
  const registryUrl = addresses.schemaRegistryUrl;
  const clock = systemClock;
  await deploy({ kafka, registryUrl, topics: allTopics, log, clock });
  const { signal } = new AbortController();
  const serde = await openSerde({ registryUrl, topics: allTopics, log, clock, signal });
  const producer = openProducer({ kafka, log });
  const population = populate(name, people, seed);
  const encode = ({ topic, value }: Written) => serde.encode(topic, value as never);
  const write = (written: readonly Written[]) =>
    producer.send(
      written.map(({ topic, key, value }) => ({
        topic: topic.name,
        key: key === null ? null : Buffer.from(key),
        value: value === null ? null : serde.encode(topic, value as never),
      })),
    );
  await writeRows({ population, write });

  const appId = `${name}-shared`;
  const groupId = `${appId}-audience`;
  await beginAtEnd(kafka, groupId, eventTopics);
  const environment = environmentOf(options, { appId, dataDir: join(directory, 'audience') });
  const start = () => startWorker({ names: ['audience'], environment, patches: [] });
  let audience: Worker = start();
  return {
    ...{ addresses, kafka, population, directory, seed, encode, write },
    broker: options.broker,
    brokerLogs: options.brokerLogs,
    counters: emptyCounters(),
    trials: [],
    planned: () =>
      until('the audience has planned all events', () => isWorkedOff(kafka, groupId, eventTopics)),
    async withoutAudience(task) {
      await audience.stop();
      try {
        await task();
      } finally {
        await beginAtEnd(kafka, groupId, eventTopics);
        audience = start();
      }
    },
    async close() {
      await audience.kill();
      await producer.close();
      await kafka.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
