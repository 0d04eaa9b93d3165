import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { infraChoice } from '../dev/infra/environment.mjs';
import { startBroker } from '../dev/infra/kafka/broker.ts';
import { kafkaClassPath } from '../dev/infra/kafka/jars.ts';
import { runningProcess } from '../dev/infra/pid-file.mjs';
import { choosePort } from '../dev/infra/ports.ts';
import { removeData } from '../dev/infra/remove-data.mjs';
import { type Progress, startInfra } from '../dev/infra/start-infra.ts';
import { describeState } from '../dev/words.ts';
import { systemClock } from '../runtime/clock.ts';
import { deploy } from '../runtime/deploy/deploy.ts';
import { connectKafka, type KafkaClient } from '../runtime/kafka/client.ts';
import { openProducer, type Producer } from '../runtime/kafka/producer.ts';
import { openTopicAdmin, type TopicAdmin } from '../runtime/kafka/topic-admin.ts';
import { createLog, type Log } from '../runtime/log.ts';
import { openSerde, type Serde } from '../runtime/serde.ts';
import { allTopics, type Topic } from '../schemas/topics.ts';
import type { Options } from './options.ts';
import { createWorld, type World } from './world.ts';

/** The broker of a run with all that the measuring needs of it. */
export type Bench = {
  readonly options: Options;
  readonly world: World;
  readonly log: Log;
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly producer: Producer;
  readonly brokers: readonly string[];
  readonly brokerPid: number;
  readonly registryUrl: string;
  readonly databaseUrl: string;
  /** Of Kafka's own tools. */
  readonly classPath: string;
  /** Everything that the run writes; removed at its end. */
  readonly folder: string;
  /** Creates topics like those of the map under other names, for a contender of its own. */
  createTopics(topics: readonly Topic[]): Promise<void>;
  say(line: string): void;
  /** Runs before the broker is stopped. */
  onClose(end: () => Promise<unknown>): void;
  close(): Promise<void>;
};

/**
 * The embedded broker is made to start fast on a small machine: first compiler only, 512 MB. What
 * is measured here must meet a broker as it runs in production, so these come after its own flags.
 */
const brokerJvm = [
  '-XX:TieredStopAtLevel=4',
  '-XX:-UseSerialGC',
  '-XX:+UseG1GC',
  '-Xms1g',
  '-Xmx1g',
] as const;

/**
 * Kafka's own default, which the embedded broker lowers: members of a group that start together
 * are given their partitions together. Else the first one has them all, and some in vain.
 */
const brokerSettings = { 'group.initial.rebalance.delay.ms': 3000 } as const;

async function startProductionBroker(classPath: string, dataDir: string) {
  const broker = await choosePort([]);
  const controller = await choosePort([], new Set([broker]));
  const child = await startBroker({
    classPath,
    ports: { broker, controller },
    dataDir,
    jvmArgs: brokerJvm,
    settings: brokerSettings,
  });
  return { child, brokers: [`127.0.0.1:${broker}`] };
}

/** The embedded broker came only along with the registry; it must not take part of the machine. */
function endIdleBroker(dataDir: string): void {
  const broker = runningProcess(join(dataDir, 'pids', 'kafka.pid'));
  if (broker) process.kill(broker.pid, 'SIGTERM');
}

/** How often a look at topics is tried again that were just made and are not known everywhere. */
const createAttempts = 20;
const createPauseMs = 250;

async function createMissing(admin: TopicAdmin, topics: readonly Topic[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const existing = await admin.describe(topics.map(({ name }) => name));
      const missing = topics.filter(({ name }) => !existing.has(name));
      if (missing.length === 0) return;
      await admin.create(missing);
    } catch (error) {
      if (attempt >= createAttempts) throw error;
      await systemClock.sleep(createPauseMs);
    }
  }
}

/** Starts a broker, a registry and a database of the run's own, and creates all topics. */
export async function openBench(options: Options): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const progress: Progress = (step, state) => say(`${step}: ${describeState('en', state)}`);
  const closers: (() => Promise<unknown>)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
  ];
  const close = async () => {
    for (const end of closers.toReversed()) await end();
  };
  try {
    const infraFolder = join(folder, 'infra');
    const choice = { ...infraChoice({}), infra: 'embedded' as const };
    const infra = await startInfra({ dataDir: infraFolder, choice, progress, usualPorts: false });
    closers.push(() => removeData(infraFolder), infra.stop);
    endIdleBroker(infraFolder);
    const classPath = await kafkaClassPath();
    const { child, brokers } = await startProductionBroker(classPath, join(folder, 'broker'));
    closers.push(() => child.stop());
    const log = createLog({ level: 'warn', name: 'bench' });
    const kafka = await connectKafka({ brokers, clientId: 'bench', log });
    closers.push(() => kafka.close());
    const registryUrl = infra.schemaRegistryUrl;
    const clock = systemClock;
    await deploy({ kafka, registryUrl, topics: allTopics, log, clock });
    const { signal } = new AbortController();
    const serde = await openSerde({ registryUrl, topics: allTopics, log, clock, signal });
    const producer = openProducer({ kafka, log });
    closers.push(() => producer.close());
    const admin = await openTopicAdmin(kafka);
    closers.push(() => admin.close());
    return {
      options,
      world: createWorld(options.scale, options.seed),
      log,
      kafka,
      serde,
      producer,
      brokers,
      brokerPid: child.pid,
      registryUrl,
      databaseUrl: infra.databaseUrl,
      classPath,
      folder,
      createTopics: (wanted) => createMissing(admin, wanted),
      say,
      onClose: (end) => void closers.push(end),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
