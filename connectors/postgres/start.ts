import { beginAnew, type Watched } from '../../runtime/begin-anew.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import type { Config } from '../../runtime/config.ts';
import { createHealth, type Health } from '../../runtime/health.ts';
import { connectKafka, type KafkaClient } from '../../runtime/kafka/client.ts';
import { ownPartitions } from '../../runtime/kafka/ownership.ts';
import { openProducer, type Producer } from '../../runtime/kafka/producer.ts';
import { createLetterTeller, tellingSend } from '../../runtime/letter-teller.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import type { Log } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import { type Database, openDatabase } from '../../runtime/postgres.ts';
import { openSerde, type Serde } from '../../runtime/serde.ts';
import { type TopicWatch, watchTopics } from '../../runtime/topic-watch.ts';
import { historySchema } from './history-schema.ts';
import { projectPartition } from './project-partition.ts';
import { projections } from './projections.ts';

type History = {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly producer: Producer;
  readonly database: Database;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
  readonly watch: TopicWatch;
  /** Partition numbers whose topics are all projected up to where they ended at their opening. */
  readonly caughtUp: Set<number>;
};

/**
 * Projects partition `slot` of all topics until the signal is aborted. Whatever fails, all of them
 * are started again from the offsets in the database; while it is away, the group's back-off waits.
 */
async function workOn(history: History, slot: number, signal: AbortSignal): Promise<void> {
  await migrate({ ...historySchema(), ...history });
  const mine = projections.filter(({ topic }) => slot < history.watch.partitionsOf(topic.name));
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const behind = new Set(mine);
  const tasks = mine.map((projection) =>
    projectPartition({
      ...history,
      projection,
      partition: slot,
      signal: stopped,
      caughtUp() {
        behind.delete(projection);
        if (behind.size === 0 && !stopped.aborted) history.caughtUp.add(slot);
      },
    }),
  );
  try {
    await Promise.race(tasks);
  } finally {
    history.caughtUp.delete(slot);
    stop.abort(new DOMException('another topic of the slot failed', 'AbortError'));
    await Promise.allSettled(tasks);
  }
}

/**
 * Keeps the history in PostgreSQL: a projection of topics. Any number of processes may run it; a
 * group shares the partitions out. PostgreSQL may come later, or go for a while: until then it is
 * not ready, and nothing is lost.
 */
export function startHistory(options: {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  readonly health?: Health;
}): Promise<Running> {
  const { config, log, clock = systemClock, health = createHealth(log) } = options;
  const whole = { config, log, clock, health };
  return beginAnew(() => startOnce(whole), whole);
}

type HistoryOptions = {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
};

/** What the history needs of its topics. */
async function openParts(kafka: KafkaClient, options: HistoryOptions, signal: AbortSignal) {
  const { config, log, clock } = options;
  const projected = projections.map(({ topic }) => topic);
  const registryUrl = config.schemaRegistryUrl;
  const serde = await openSerde({ registryUrl, topics: projected, log, clock, signal });
  const names = projected.map(({ name }) => name);
  return { serde, watch: await watchTopics({ kafka, topics: names, log, clock }), names };
}

async function startOnce(options: HistoryOptions): Promise<Watched> {
  const { config, log, clock, health } = options;
  const closing = new AbortController();
  const groupId = `${config.appId}-history`;
  const kafka = await connectKafka({ brokers: config.kafkaBrokers, clientId: groupId, log });
  const { serde, watch, names } = await openParts(kafka, options, closing.signal).catch(
    async (error: unknown) => {
      await kafka.close();
      throw error;
    },
  );
  const letters = createLetterTeller({ log, clock, health });
  const producer = tellingSend(openProducer({ kafka, log }), letters);
  const database = openDatabase({ url: config.databaseUrl, log });
  const caughtUp = new Set<number>();
  const parts = { kafka, serde, producer, database, log, clock, health };
  const history = { ...parts, watch, caughtUp };
  const ownership = await ownPartitions({
    kafka,
    groupId,
    topics: names,
    log,
    clock,
    work: (slot, signal) => workOn(history, slot, signal),
  });
  return {
    watch,
    ready: () => ownership.joined() && ownership.owned().every((slot) => caughtUp.has(slot)),
    failed: ownership.failed,
    async stop() {
      closing.abort(new DOMException('the history is stopped', 'AbortError'));
      await ownership.close();
      await producer.close();
      letters.close();
      await database.close();
      await kafka.close();
    },
  };
}
