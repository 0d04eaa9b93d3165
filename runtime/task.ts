import type { Topic } from '../schemas/topics.ts';
import { type ChunkLimits, chunksOf } from './chunk.ts';
import type { KafkaClient } from './kafka/client.ts';
import { openReader, type PartitionReader } from './kafka/reader.ts';
import type { KafkaRecord, OutgoingRecord } from './kafka/record.ts';
import { type TransactionalProducer, takeOver } from './kafka/transactions.ts';
import type { Log } from './log.ts';
import type { ProcessContext, Processor } from './processor.ts';
import type { Serde } from './serde.ts';

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
  readonly log: Log;
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

/** What waits to be committed: records, and how far the input is then done. */
type Pending = { records: OutgoingRecord[]; bytes: number; nextOffset: number };

function cursorIn(metadata: string): string | null {
  return metadata === '' ? null : metadata;
}

class Task {
  readonly #options: TaskOptions;
  readonly #producer: TransactionalProducer;
  readonly #pending: Pending;
  #committed: number;

  constructor(options: TaskOptions, producer: TransactionalProducer, nextOffset: number) {
    this.#options = options;
    this.#producer = producer;
    this.#pending = { records: [], bytes: 0, nextOffset };
    this.#committed = nextOffset;
  }

  /** Commits what is pending, with the cursor of a record that is not finished. */
  async #commit(cursor: string | null): Promise<void> {
    const { topic, partition, signal } = this.#options;
    const { records, nextOffset } = this.#pending;
    signal.throwIfAborted();
    await this.#producer.commit({
      records,
      offsets: [{ topic: topic.name, partition, nextOffset, metadata: cursor ?? '' }],
    });
    this.#committed = nextOffset;
    this.#pending.records = [];
    this.#pending.bytes = 0;
  }

  #isFull(): boolean {
    const { records, bytes } = this.#pending;
    const { maxRecords, maxBytes } = this.#options.limits;
    return records.length >= maxRecords || bytes >= maxBytes;
  }

  async #work(record: KafkaRecord, resumeAfter: string | null): Promise<void> {
    const context = { ...this.#options.context, resumeAfter };
    for (const chunk of chunksOf({ ...this.#options, context }, record)) {
      for (const outgoing of chunk.records) {
        this.#pending.records.push(outgoing);
        this.#pending.bytes += outgoing.value?.length ?? 0;
      }
      const done = chunk.cursor === null;
      this.#pending.nextOffset = done ? record.offset + 1 : record.offset;
      if (!done || this.#isFull()) await this.#commit(chunk.cursor);
    }
  }

  /** Reads and works until the signal is aborted or something fails. */
  async run(reader: PartitionReader, resumeAfter: string | null): Promise<void> {
    const { serde, signal } = this.#options;
    let resume = resumeAfter;
    let idleBatches = 0;
    while (!signal.aborted) {
      const { records, nextOffset } = await reader.next();
      idleBatches = records.length === 0 ? idleBatches + 1 : 0;
      await serde.prepare(records.map(({ value }) => value));
      for (const record of records) {
        await this.#work(record, resume);
        resume = null;
      }
      this.#pending.nextOffset = nextOffset;
      const idle = idleBatches >= idleBatchesBeforeCommit;
      const behind = nextOffset > this.#committed;
      if (behind && (records.length > 0 || idle)) await this.#commit(null);
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
    await options.restored();
    signal.throwIfAborted();
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
