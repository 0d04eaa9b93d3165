import { join } from 'node:path';
import { type Topic, topics } from '../schemas/topics.ts';
import { beginAnew, type Watched } from './begin-anew.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { deadLetter } from './dead-letter.ts';
import { VestnikError } from './errors.ts';
import { type GlobalTables, openGlobalTables } from './global-tables.ts';
import type { Health } from './health.ts';
import type { KafkaClient } from './kafka/client.ts';
import { connectKafka } from './kafka/client.ts';
import { ownPartitions } from './kafka/ownership.ts';
import { openProducer, type Producer } from './kafka/producer.ts';
import { createLetterTeller, type LetterTeller } from './letter-teller.ts';
import type { Running } from './lifecycle.ts';
import type { Log } from './log.ts';
import type { PoisonHandler } from './misplaced-letters.ts';
import type { Homes } from './misplaced-rows.ts';
import { openTogether } from './open-together.ts';
import type { Processor } from './processor.ts';
import { type FollowedMemory, followSeen } from './restore-seen.ts';
import { decodeSameOnce } from './same-values.ts';
import { createSeenEvents, type SeenEvents } from './seen-events.ts';
import { openSerde, type Serde } from './serde.ts';
import type { JoinedTable, TableSpec } from './table.ts';
import { openTableProjection } from './table-projection.ts';
import { runTask } from './task.ts';
import { type TopicWatch, watchTopics } from './topic-watch.ts';

export type StreamOptions = {
  readonly processor: Processor;
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
};

/**
 * One transaction. It costs the broker the same however large it is, so under load chunks grow from
 * the first limit to the second; more gains little, and holds back what others write to the same
 * partitions. The first chunk of a fan-out is small, for somebody waits for it.
 */
const chunkLimits = {
  firstRecords: 2500,
  maxRecords: 20_000,
  maxBytes: 16 * 1024 * 1024,
} as const;

type Stream = StreamOptions & {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly producer: Producer;
  readonly globals: GlobalTables<Readonly<Record<string, Topic>>>;
  readonly watch: TopicWatch;
  readonly groupId: string;
  readonly directory: string;
  readonly onPoison: PoisonHandler;
  readonly letters: LetterTeller;
  readonly working: Set<number>;
  readonly memory: Memory | null;
  /** Of each joined table the partitions that this process has. */
  readonly homes: ReadonlyMap<string, Homes>;
};

/** What was worked on lately, wherever it was: for a processor that reads its memory whole. */
type Memory = FollowedMemory & { readonly seen: SeenEvents };

function topicsOf(processor: Processor): readonly Topic[] {
  const tables: readonly Topic[] = Object.values(processor.tables).map(({ topic }) => topic);
  return [
    ...processor.inputs,
    ...tables,
    ...Object.values(processor.globals),
    ...processor.outputs,
    ...(processor.once ? [processor.once.memory] : []),
    topics.deadLetters,
  ];
}

/** Opens the co-partitioned tables of a slot and runs its tasks until the signal is aborted. */
async function workOn(stream: Stream, slot: number, signal: AbortSignal): Promise<void> {
  const { processor, globals } = stream;
  const { partitionsOf } = stream.watch;
  const specs = Object.entries(processor.tables);
  const opened = await openTogether(
    specs.map(([, spec]) =>
      openTableProjection({
        ...stream,
        spec: spec as TableSpec<Topic>,
        partition: slot,
        process: processor.name,
        homes: stream.homes.get(spec.topic.name) ?? new Map(),
      }),
    ),
  );
  const tables: Record<string, JoinedTable<unknown>> = {};
  for (const [index, [name]] of specs.entries()) {
    const projection = opened[index];
    if (projection) tables[name] = projection.table;
  }
  const restored = async () => {
    const own = opened.map((each) => each.restored);
    await Promise.all([globals.restored, stream.memory?.restored, ...own]);
  };
  const inputs = processor.inputs.filter(({ name }) => slot < partitionsOf(name));
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  let waiting = inputs.length;
  const tasks = inputs.map((topic) =>
    runTask({
      ...stream,
      topic,
      partition: slot,
      transactionalId: `${stream.groupId}-${topic.name}-${slot}`,
      nowMs: () => stream.clock.nowMs(),
      seen: stream.memory?.seen ?? null,
      limits: chunkLimits,
      partitionsOf,
      signal: stopped,
      restored,
      started() {
        waiting -= 1;
        if (waiting === 0) stream.working.add(slot);
      },
      context: {
        tables: tables as never,
        globals: globals.tables as never,
        partitionsOf: ({ name }) => partitionsOf(name),
      },
    }),
  );
  try {
    await Promise.race([...tasks, ...opened.map((each) => each.failed)]);
  } finally {
    stream.working.delete(slot);
    stop.abort(new DOMException('another task of the slot ended', 'AbortError'));
    await Promise.allSettled(tasks);
    await Promise.all(opened.map((each) => each.close()));
  }
}

function openMemory(
  { processor, clock }: StreamOptions,
  parts: Pick<Stream, 'kafka' | 'serde' | 'watch'> & { readonly signal: AbortSignal },
): Memory | null {
  const { once } = processor;
  if (once?.scope !== 'everywhere') return null;
  const seen = createSeenEvents(once.horizonMs);
  const partitions = parts.watch.partitionsOf(once.memory.name);
  return { seen, ...followSeen(seen, { ...parts, once, partitions, nowMs: clock.nowMs() }) };
}

/** TOPIC_MISMATCH when topics that are joined by partition numbers have not as many of them. */
function refuseMismatch(used: readonly Topic[], { partitionsOf }: TopicWatch): void {
  const joined = used.filter(({ coPartition }) => coPartition !== null);
  for (const together of Map.groupBy(joined, ({ coPartition }) => coPartition).values()) {
    const counts = together.map(({ name }) => `${name} has ${partitionsOf(name)} partitions`);
    if (new Set(together.map(({ name }) => partitionsOf(name))).size <= 1) continue;
    throw new VestnikError('TOPIC_MISMATCH', `${[...new Set(counts)].join(', ')}`);
  }
}

async function openWith(
  kafka: KafkaClient,
  groupId: string,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<Stream> {
  const { processor, config, log, clock, health } = options;
  const directory = join(config.dataDir, 'state', processor.name);
  const topics = topicsOf(processor);
  const registryUrl = config.schemaRegistryUrl;
  const opened = await openSerde({ registryUrl, topics, log, clock, signal });
  const serde = decodeSameOnce(opened, ({ kind }) => kind === 'commands');
  const watch = await watchTopics({ kafka, topics: topics.map(({ name }) => name), log, clock });
  refuseMismatch(topics, watch);
  const producer = openProducer({ kafka, log });
  const letters = createLetterTeller({ log, health, clock });
  const onPoison: PoisonHandler = async (record, cause) => {
    const letter = deadLetter(record, cause);
    await producer.send([letter]);
    letters.tell([letter]);
  };
  const tables = processor.globals;
  const globals = await openGlobalTables({
    kafka,
    serde,
    tables,
    directory,
    log,
    clock,
    health,
    process: processor.name,
    onPoison,
  });
  const working = new Set<number>();
  const memory = openMemory(options, { kafka, serde, watch, signal });
  const joined = Object.values(processor.tables).map(({ topic }) => topic.name);
  const homes = new Map(joined.map((name) => [name, new Map()]));
  const parts = { kafka, serde, producer, globals, watch, groupId, directory };
  return { ...options, ...parts, onPoison, letters, working, memory, homes };
}

async function open(options: StreamOptions, signal: AbortSignal): Promise<Stream> {
  const { config, processor, log } = options;
  const groupId = `${config.appId}-${processor.name}`;
  const kafka = await connectKafka({ brokers: config.kafkaBrokers, clientId: groupId, log });
  try {
    return await openWith(kafka, groupId, options, signal);
  } catch (error) {
    await kafka.close();
    throw error;
  }
}

async function startOnce(options: StreamOptions): Promise<Watched> {
  const closing = new AbortController();
  const stream = await open(options, closing.signal);
  const { kafka, groupId, log, clock, globals } = stream;
  const ownership = await ownPartitions({
    kafka,
    groupId,
    topics: options.processor.inputs.map(({ name }) => name),
    log,
    clock,
    work: (slot, signal) => workOn(stream, slot, signal),
  });
  return {
    watch: stream.watch,
    ready: () => ownership.joined() && ownership.owned().every((slot) => stream.working.has(slot)),
    failed: Promise.race([
      ownership.failed,
      globals.failed,
      ...(stream.memory ? [stream.memory.failed] : []),
    ]),
    async stop() {
      closing.abort(new DOMException('the processor is stopped', 'AbortError'));
      await ownership.close();
      await globals.close();
      await stream.producer.close();
      stream.letters.close();
      await kafka.close();
    },
  };
}

/**
 * Runs a processor on Kafka until it is stopped. Any number of processes may run the same one:
 * the group shares the partitions out among them. Begins anew when one of its topics was made anew,
 * and ends with PARTITIONS_CHANGED when one has more partitions than before.
 */
export function startStream(options: StreamOptions): Promise<Running> {
  return beginAnew(() => startOnce(options), options);
}
