import { setImmediate as turn } from 'node:timers/promises';
import type { Topic } from '../schemas/topics.ts';
import { crashPoint } from './crash-point.ts';
import type { Health } from './health.ts';
import { openJob } from './job.ts';
import { packSink } from './kafka/batch-writer.ts';
import type { KafkaClient } from './kafka/client.ts';
import { openReader, type PartitionReader } from './kafka/reader.ts';
import type { KafkaRecord } from './kafka/record.ts';
import { createRecordSink, pausingAt, type SinkLimits } from './kafka/record-sink.ts';
import { type TransactionalProducer, takeOver } from './kafka/transactions.ts';
import { type LetterTeller, notingLetters } from './letter-teller.ts';
import type { Log } from './log.ts';
import type { ProcessContext, Processor } from './processor.ts';
import { restoreSeen } from './restore-seen.ts';
import { goFirst, letPass } from './right-of-way.ts';
import { createSeenEvents, type SeenEvents } from './seen-events.ts';
import type { Serde } from './serde.ts';
import { isTurnOver, nextTurn } from './turns.ts';

/** `firstRecords` is what a chunk holds that follows one which was not full. */
export type ChunkLimits = SinkLimits & { readonly firstRecords: number };

/** One input partition of a processor: its own producer, offsets and transactions. */
export type TaskOptions = {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly processor: Processor;
  readonly topic: Topic;
  readonly partition: number;
  readonly groupId: string;
  readonly transactionalId: string;
  readonly limits: ChunkLimits;
  /** How many partitions an output has. */
  readonly partitionsOf: (topic: string) => number;
  readonly log: Log;
  readonly health: Health;
  readonly letters: LetterTeller;
  readonly nowMs: () => number;
  /** Of a memory that is read everywhere; one of the task's own is read back when work begins. */
  readonly seen: SeenEvents | null;
  readonly signal: AbortSignal;
  /** Resolves when the tables are there; called after the former owner is fenced. */
  readonly restored: () => Promise<void>;
  readonly context: Omit<ProcessContext<never, never>, 'resumeAfter'>;
  /** Called when the input is about to be read for the first time. */
  readonly started: () => void;
};

/**
 * The marker that ends a writer's transaction arrives alone. It is committed only when nothing
 * else comes, so that the lag reads zero in the end without a transaction for every marker.
 */
const idleBatchesBeforeCommit = 4;
/** While input waits, a commit waits for a full chunk; but not every record fills one. */
const maxUncommittedRecords = 1000;
/**
 * After so many records written, half a millisecond, the other tasks of the process get their turn:
 * a reply must not wait while a whole chunk of a fan-out is built. A transaction that holds less is
 * a small one, and goes first. Work that writes little gives a turn when it took long (turns.ts).
 */
const recordsInTurn = 500;
/** How long a chunk waits for small transactions in all: about as long as it takes to build it. */
const maxGivenWayMs = 100;

/** Rejects when the signal is aborted: a slot is given up at once, in a restore as well. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

const cursorIn = (metadata: string) => (metadata === '' ? null : metadata);

class Task {
  readonly #options: TaskOptions;
  readonly #producer: TransactionalProducer;
  #sink: ReturnType<typeof notingLetters>;
  /** How many records the next sink may hold. */
  #maxRecords: number;
  /** How many records the sink holds when others get their turn. */
  #turnAt = recordsInTurn;
  /** How long the chunk may still wait for others. */
  #patienceMs = maxGivenWayMs;
  /** How far the input is done once the sink is committed. */
  #nextOffset: number;
  #committed: number;
  /** The commit under way. The next chunk is built and compressed meanwhile. */
  #committing: Promise<void> = Promise.resolve();
  /** Input records worked on since the last commit; their outputs lie in the sink. */
  #worked = 0;
  #seen: SeenEvents | null;

  constructor(options: TaskOptions, producer: TransactionalProducer, nextOffset: number) {
    this.#options = options;
    this.#seen = options.seen;
    this.#producer = producer;
    this.#maxRecords = options.limits.firstRecords;
    this.#sink = this.#openSink();
    this.#nextOffset = nextOffset;
    this.#committed = nextOffset;
  }

  #openSink(): ReturnType<typeof notingLetters> {
    const { partitionsOf, limits } = this.#options;
    this.#turnAt = recordsInTurn;
    this.#patienceMs = maxGivenWayMs;
    const bounds = { ...limits, maxRecords: this.#maxRecords };
    return notingLetters(createRecordSink(partitionsOf, bounds));
  }

  /**
   * Hands the sink over to be committed, with the cursor of a record that is not finished, and
   * opens a new one. Waits for the commit before: a producer has one transaction at a time.
   */
  async #commit(cursor: string | null): Promise<void> {
    const { topic, partition, signal, limits } = this.#options;
    const nextOffset = this.#nextOffset;
    const grown = this.#sink.isFull() ? this.#maxRecords * 2 : limits.firstRecords;
    this.#maxRecords = Math.min(grown, limits.maxRecords);
    const small = this.#sink.records() < recordsInTurn;
    const { letters } = this.#sink;
    const packing = packSink(this.#sink);
    // Its failure is seen below, after the wait for the commit before; not to be an unhandled one.
    packing.catch(() => undefined);
    this.#sink = this.#openSink();
    this.#worked = 0;
    await this.#committing;
    signal.throwIfAborted();
    this.#committed = nextOffset;
    const offsets = [{ topic: topic.name, partition, nextOffset, metadata: cursor ?? '' }];
    const commit = async () => {
      const packed = await packing;
      crashPoint('afterBuild');
      await this.#producer.commit({ records: { packed }, offsets });
      this.#options.letters.tell(letters);
    };
    this.#committing = small ? goFirst(commit) : commit();
    this.#committing.catch(() => undefined);
  }

  /** Now and then while a chunk is built. */
  async #giveTurn(): Promise<void> {
    const written = this.#sink.records();
    if (written < this.#turnAt) {
      if (isTurnOver()) await nextTurn();
      return;
    }
    this.#turnAt = written + recordsInTurn;
    // Not in the line of turns.ts: a fan-out to a million would cost a sixth more CPU there.
    await turn();
    const waitedMs = await letPass(this.#patienceMs);
    this.#patienceMs -= waitedMs;
    if (waitedMs > 0) this.#options.log.debug({ waitedMs }, 'let small transactions pass');
  }

  async #work(record: KafkaRecord, resumeAfter: string | null): Promise<void> {
    const context = { ...this.#options.context, resumeAfter };
    const job = openJob({ ...this.#options, context, seen: this.#seen }, record);
    for (;;) {
      const progress = job.fill(pausingAt(this.#sink, this.#turnAt));
      await this.#giveTurn();
      if (!progress.done && !this.#sink.isFull()) continue;
      this.#nextOffset = progress.done ? record.offset + 1 : record.offset;
      if (!progress.done || this.#sink.isFull()) {
        await this.#commit(progress.done ? null : progress.cursor);
      }
      if (progress.done) return;
      crashPoint('betweenChunks');
    }
  }

  /** What the memory of the processor holds of this input; null when it has none. */
  async #readMemory({ timestampMs: atMs }: KafkaRecord): Promise<SeenEvents | null> {
    const { processor, topic } = this.#options;
    const { once } = processor;
    if (!once) return null;
    const seen = createSeenEvents(once.horizonMs);
    await restoreSeen(seen, { ...this.#options, once, input: topic.name, atMs });
    return seen;
  }

  /** Reads and works until the signal is aborted or something fails. */
  async run(reader: PartitionReader, resumeAfter: string | null): Promise<void> {
    const { serde, signal } = this.#options;
    let resume = resumeAfter;
    let idleBatches = 0;
    while (!signal.aborted) {
      const { records, nextOffset } = await reader.next();
      idleBatches = records.length === 0 ? idleBatches + 1 : 0;
      if (records.length > 0) crashPoint('afterPoll');
      await serde.prepare(records.map(({ value }) => value));
      const [first] = records;
      if (first) this.#seen ??= await this.#readMemory(first);
      for (const record of records) {
        await this.#work(record, resume);
        this.#worked += 1;
        resume = null;
      }
      this.#nextOffset = nextOffset;
      if (reader.hasNext() && this.#worked < maxUncommittedRecords) continue;
      const idle = idleBatches >= idleBatchesBeforeCommit;
      const behind = nextOffset > this.#committed;
      if (behind && (this.#worked > 0 || idle)) await this.#commit(null);
      // Nothing more to build meanwhile; and a failure must not wait for the next batch.
      await this.#committing;
    }
  }
}

/**
 * Takes one input partition over and works on it until the signal is aborted: fence the former
 * owner, learn the committed offset and cursor, wait for the tables, then read. Rejects when a
 * transaction fails; starting the task again then learns from the offset what happened.
 */
export async function runTask(options: TaskOptions): Promise<void> {
  const { kafka, topic, partition, signal } = options;
  const input = { topic: topic.name, partition };
  const { producer, committed } = await takeOver({ ...options, inputs: [input] });
  try {
    const { nextOffset, metadata } = committed[0] ?? { nextOffset: 0, metadata: '' };
    await Promise.race([options.restored(), abortOf(signal)]);
    const reader = openReader({ kafka, ...input, fromOffset: nextOffset, signal });
    options.started();
    try {
      await new Task(options, producer, nextOffset).run(reader, cursorIn(metadata));
    } finally {
      reader.close();
    }
  } finally {
    await producer.close();
  }
}
