import type { Clock } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';
import type { Health } from '../runtime/health.ts';
import { connectKafka, type KafkaClient } from '../runtime/kafka/client.ts';
import { endOffsets, type OffsetRange } from '../runtime/kafka/offsets.ts';
import { topicLives } from '../runtime/kafka/topic-lives.ts';
import { takeOver } from '../runtime/kafka/transactions.ts';
import type { Log } from '../runtime/log.ts';
import { openSerde, type Serde } from '../runtime/serde.ts';
import { allTopics, type Topic, topics } from '../schemas/topics.ts';
import { fitsBroker } from './broker-limit.ts';
import { type Fate, fateOf, type Original, recordBack, type SkipReason } from './fate.ts';
import {
  isPlaced,
  type Letter,
  type LetterFilter,
  letterOf,
  matches,
  originalOf,
  type PlacedLetter,
} from './letter.ts';
import { createNewerRows, type NewerRows } from './newer-rows.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { readSpan } from './read-topic.ts';

/** Gentle: what comes back must not hold up what is new. */
export const usualRatePerSecond = 50;
export const maxRatePerSecond = 10_000;

/** Which letters to send back, and how. */
export type RedriveRequest = LetterFilter & {
  /** Nothing is sent; what would be is told. */
  readonly dryRun: boolean;
  readonly ratePerSecond: number;
};

/** What became of a letter that was asked for. */
export type Outcome = 'sent' | SkipReason;

export type RedriveOptions = {
  readonly config: Config;
  readonly arguments: RedriveRequest;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
  /** Told how many offsets there are to read, once. */
  readonly began: (offsets: number) => void;
  /** Told of each letter's outcome; with `dryRun`, of what it would be. */
  readonly decided: (letter: Letter, outcome: Outcome) => void;
  /** Told after each transaction how many letters are sent back by now. */
  readonly progress: (sent: number) => void;
  /** Ends it between two letters; what was sent by then is in the journal. */
  readonly signal?: AbortSignal;
};

type Redrive = RedriveOptions & {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly ranges: readonly OffsetRange[];
  readonly partitionsOf: (topic: string) => number | null;
  readonly newerRows: NewerRows;
  /** Records that were sent back, by `originalOf`. */
  readonly sent: Set<string>;
};

/** The letters that were asked for, in the order in which they were written. */
async function* lettersOf(redrive: Pick<Redrive, 'kafka' | 'ranges' | 'arguments'>) {
  const { kafka, ranges } = redrive;
  for (const [partition, { low: fromOffset, high: toOffset }] of ranges.entries()) {
    const span = { kafka, topic: topics.deadLetters.name, partition, fromOffset, toOffset };
    for await (const record of readSpan(span)) {
      const letter = letterOf(record);
      if (matches(letter, redrive.arguments)) yield letter;
    }
  }
}

/** What the journal holds. To be read once former redrives are fenced: it is final then. */
async function readJournal(kafka: KafkaClient): Promise<Set<string>> {
  const { name: topic } = topics.redrives;
  const sent = new Set<string>();
  for (const [partition, { low, high }] of (await endOffsets(kafka, topic)).entries()) {
    const span = { kafka, topic, partition, fromOffset: low, toOffset: high };
    for await (const { key } of readSpan(span)) if (key) sent.add(key.toString());
  }
  return sent;
}

/** The bytes of a letter; those that were left out are read where they lie. Null: not any more. */
async function originalFor(
  { kafka }: Redrive,
  { record, facts }: PlacedLetter,
  partitions: number,
): Promise<Original | null> {
  if (facts.leftOutBytes === 0) return record;
  const { topic, partition, offset, timestampMs } = facts;
  const range = partition < partitions ? (await endOffsets(kafka, topic))[partition] : undefined;
  if (!range || offset < range.low || offset >= range.high) return null;
  const span = { kafka, topic, partition, fromOffset: offset, toOffset: offset + 1 };
  for await (const found of readSpan(span)) {
    if (found.offset === offset && found.timestampMs === timestampMs) return found;
  }
  return null;
}

function journalLine(redrive: Redrive, letter: PlacedLetter, partition: number) {
  const { facts, record } = letter;
  const { topic, offset } = facts;
  const value = redrive.serde.encode(topics.redrives, {
    original: { topic, partition: facts.partition, offset },
    originalAt: facts.timestampMs,
    letter: { topic: record.topic, partition: record.partition, offset: record.offset },
    code: facts.code ?? '',
    partition,
    redrivenAt: redrive.clock.nowMs(),
  });
  return { topic: topics.redrives.name, key: Buffer.from(originalOf(letter)), value };
}

/** Sends one letter back, or says why not. */
async function sendBack(
  redrive: Redrive,
  { letter, topic }: Extract<Fate, { kind: 'send' }>,
  outbox: Outbox | null,
): Promise<Outcome> {
  const partitions = redrive.partitionsOf(topic.name) ?? 1;
  const original = await originalFor(redrive, letter, partitions);
  if (!original) return 'originalGone';
  const back = recordBack(letter, topic, original, partitions);
  if (!(await fitsBroker(back))) return 'tooLarge';
  redrive.sent.add(originalOf(letter));
  await outbox?.add(back, journalLine(redrive, letter, back.partition ?? -1));
  return 'sent';
}

/** Looks at all letters that were asked for; sends those that can be, where there is an outbox. */
async function goThrough(redrive: Redrive, outbox: Outbox | null): Promise<void> {
  const { sent, newerRows, partitionsOf, arguments: options, decided } = redrive;
  const isSuperseded = (letter: PlacedLetter) => newerRows.isSuperseded(letter);
  for await (const letter of lettersOf(redrive)) {
    redrive.signal?.throwIfAborted();
    const fate = fateOf(letter, { options, sent, partitionsOf, isSuperseded });
    decided(letter, fate.kind === 'skip' ? fate.why : await sendBack(redrive, fate, outbox));
  }
  await outbox?.flush();
}

async function prepare(
  options: RedriveOptions,
  kafka: KafkaClient,
  signal: AbortSignal,
): Promise<Redrive> {
  const { config, log, clock } = options;
  const serde = await openSerde({
    registryUrl: config.schemaRegistryUrl,
    topics: [topics.redrives],
    log,
    clock,
    signal,
  });
  const names = allTopics.map(({ name }: Topic) => name);
  const lives = await topicLives(kafka, names);
  const partitionsOf = (topic: string) => lives.get(topic)?.partitions ?? null;
  const ranges = await endOffsets(kafka, topics.deadLetters.name);
  options.began(ranges.reduce((sum, { low, high }) => sum + high - low, 0));
  const newerRows = createNewerRows(kafka, partitionsOf);
  for await (const letter of lettersOf({ ...options, kafka, ranges })) {
    if (isPlaced(letter)) newerRows.want(letter);
  }
  await newerRows.read();
  const sent = await readJournal(kafka);
  return { ...options, kafka, serde, ranges, partitionsOf, newerRows, sent };
}

async function run(options: RedriveOptions, kafka: KafkaClient, groupId: string): Promise<void> {
  const { clock, arguments: args, signal = new AbortController().signal } = options;
  if (args.dryRun) return goThrough(await prepare(options, kafka, signal), null);
  const inputs = [{ topic: topics.deadLetters.name, partition: 0 }];
  const parts = { kafka, groupId, transactionalId: groupId, inputs, signal };
  const { producer } = await takeOver({ ...options, ...parts });
  try {
    const redrive = await prepare(options, kafka, signal);
    let count = 0;
    const sent = (more: number) => {
      count += more;
      options.progress(count);
    };
    const { ratePerSecond } = args;
    await goThrough(redrive, createOutbox({ producer, clock, ratePerSecond, sent }));
  } finally {
    await producer.close();
  }
}

/**
 * Sends dead letters back to where they came from. Each record and its line in the journal stand
 * in one transaction, so whatever is killed when, a letter is sent back once: what a transaction
 * did is there whole or not at all, and the next redrive reads the journal first. One that is begun
 * while another runs takes its right to write away (PRODUCER_FENCED there), before it reads.
 */
export async function redrive(options: RedriveOptions): Promise<void> {
  const { config, log } = options;
  const groupId = `${config.appId}-redrive`;
  const kafka = await connectKafka({ brokers: config.kafkaBrokers, clientId: groupId, log });
  try {
    await run(options, kafka, groupId);
  } finally {
    await kafka.close();
  }
}
