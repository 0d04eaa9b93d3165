import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { javaCommand } from '../../../dev/infra/environment.mjs';
import { topics } from '../../../schemas/topics.ts';
import { openKafkaProxy } from '../kafka-proxy.ts';
import { type Plant, writeRows } from '../plant.ts';
import type { Situation } from '../situation.ts';
import { openTrial, smallFetches } from '../trial.ts';
import { until } from '../until.ts';

const { Kafka, logLevel } = kafkajs;
const run = promisify(execFile);
/** In the middle of a fan-out. */
const passing = 9;

/**
 * Whether a topic's partitions are led. After a loss of power a broker looks through its logs
 * first, and the more of them there are the longer: longer than a producer tries.
 */
async function leads({ addresses }: Plant, topic: string): Promise<boolean> {
  const brokers = [...addresses.kafkaBrokers];
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  try {
    await admin.connect();
    await admin.fetchTopicOffsets(topic);
    return true;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}

/** The broker loses power while a transaction waits for its end, and comes back. */
const killedInTransaction: Situation = {
  name: 'broker-killed-in-transaction',
  async run(plant) {
    const { broker, counters } = plant;
    if (!broker) throw new Error('this situation needs a broker of its own');
    const trial = await openTrial(plant, 'broker-killed-in-transaction');
    await trial.happens('episode');
    const crash = { point: 'beforeCommit', passing, stop: true } as const;
    const worker = await trial.crashes({ crash });
    broker.kill();
    counters.kills += 1;
    worker.send('SIGCONT');
    await broker.start();
    await until('the broker leads again', () => leads(plant, topics.notificationRequested.name));
    await trial.happens('request');
    await trial.finishes();
  },
};

/** Short, so that nobody has to wait for long until the broker aborts what was left open. */
const orphanTimeoutMs = 8000;

/**
 * A producer dies in a transaction and nobody takes its id over: its records lie at the end of an
 * input and of a table. They must hold everything back, not be seen, and let go in the end.
 */
const orphanedTransaction: Situation = {
  name: 'orphaned-transaction',
  async run(plant) {
    const trial = await openTrial(plant, 'orphaned-transaction');
    const { kafkaBrokers: brokers } = plant.addresses;
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
    const orphan = kafka.producer({
      ...{ transactionalId: `${trial.appId}-orphan`, transactionTimeout: orphanTimeoutMs },
      ...{ idempotent: true, maxInFlightRequests: 1 },
    });
    await orphan.connect();
    const transaction = await orphan.transaction();
    for (const { name } of [topics.users, topics.directCommands, topics.broadcastCommands]) {
      for (let partition = 0; partition < topics.users.partitions; partition += 1) {
        const messages = [{ partition, key: 'orphan', value: 'never to be seen' }];
        await transaction.send({ topic: name, messages });
      }
    }
    await orphan.disconnect();
    trial.start();
    await trial.happens('episode');
    await trial.happens('request');
    await trial.finishes();
  },
};

/** How far the cleaner has gone in the partitions of a topic. */
function cleanedUpTo({ brokerLogs }: Plant, topic: string): number {
  const path = join(brokerLogs ?? '', 'cleaner-offset-checkpoint');
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .map((line) => line.split(' '))
    .filter(([name]) => name === topic)
    .reduce((sum, [, , offset]) => sum + Number(offset), 0);
}

async function alter({ addresses }: Plant, topic: string, settings: string): Promise<void> {
  const { kafkaClassPath, kafkaBrokers } = addresses;
  const command = ['-cp', kafkaClassPath, 'kafka.admin.ConfigCommand', '--bootstrap-server'];
  const what = ['--alter', '--entity-type', 'topics', '--entity-name', topic];
  await run(javaCommand(), [...command, kafkaBrokers.join(), ...what, '--add-config', settings]);
}

const heldBackMs = 3_600_000;
const slowFetchMs = 100;

/** The log is compacted under a reader that stands in its middle. */
const compactedWhileRestoring: Situation = {
  name: 'compacted-while-restoring',
  async run(plant) {
    if (!plant.brokerLogs) throw new Error('this situation needs a broker of its own');
    const proxy = await openKafkaProxy(plant.addresses.kafkaBrokers[0] ?? '');
    const trial = await openTrial(plant, 'compacted-while-restoring');
    const { name } = topics.users;
    try {
      await trial.happens('episode');
      await alter(plant, name, 'segment.ms=500,min.cleanable.dirty.ratio=0.001');
      proxy.delay('Fetch', slowFetchMs);
      const fetched = proxy.answered('Fetch');
      trial.start({ broker: proxy.address, patches: [smallFetches] });
      await until('the restore is under way', () => proxy.answered('Fetch') > fetched + 3);
      proxy.delay('Fetch', heldBackMs);
      const before = cleanedUpTo(plant, name);
      await until('the table is compacted', async () => {
        await writeRows(plant);
        return cleanedUpTo(plant, name) > before + plant.population.people.length;
      });
      proxy.delay('Fetch', 0);
      proxy.reset();
      await trial.finishes();
    } finally {
      await trial.close();
      await proxy.close();
    }
  },
};

export const brokerFaults: readonly Situation[] = [
  orphanedTransaction,
  compactedWhileRestoring,
  killedInTransaction,
];
