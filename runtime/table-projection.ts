import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import type { Topic, ValueOf } from '../schemas/topics.ts';
import type { Clock } from './clock.ts';
import { crashPoint } from './crash-point.ts';
import type { DeadLetterCause } from './dead-letter.ts';
import { describeError, VestnikError } from './errors.ts';
import type { KafkaClient } from './kafka/client.ts';
import { offsetRange, partitionCount } from './kafka/offsets.ts';
import { partitionOf } from './kafka/partitioner.ts';
import { openReader } from './kafka/reader.ts';
import type { KafkaRecord } from './kafka/record.ts';
import type { Log } from './log.ts';
import { createRowWords, type RowWords } from './row-words.ts';
import type { Serde } from './serde.ts';
import { type Checkpoint, openCheckpoint } from './store/checkpoint.ts';
import type { SavedChange } from './store/checkpoint-file.ts';
import { createRowStore, type RowStore, type StoreChange } from './store/row-store.ts';
import { type JoinedTable, type TableSpec, tableOf } from './table.ts';

/** One partition of a table, kept up to date in memory with a checkpoint on disk. */
export type TableProjection<V> = {
  readonly table: JoinedTable<V>;
  /** Resolves when the table holds all that was in the topic when it was opened. */
  readonly restored: Promise<void>;
  /** Rejects when the projection cannot go on. */
  readonly failed: Promise<never>;
  progress(): { readonly restored: number; readonly total: number };
  close(): Promise<void>;
};

/** Told of every row that cannot be read, before the offset moves past it. */
export type PoisonHandler = (record: KafkaRecord, cause: DeadLetterCause) => Promise<void>;

export type ProjectionOptions<T extends Topic> = {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly spec: TableSpec<T>;
  readonly partition: number;
  /** Folder of all checkpoints of the process. */
  readonly directory: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly process: string;
  readonly onPoison: PoisonHandler;
};

/** Longer keys are no ids; this bounds what a row may cost beside its value. */
const maxKeyBytes = 900;
/** What one partition may hold in memory; a table that needs more needs more partitions. */
const maxHeldBytes = 4 * 1024 * 1024 * 1024;

type Verdict = StoreChange | { readonly poison: DeadLetterCause };

type KeyFault = Pick<DeadLetterCause, 'code' | 'reason'>;

function faultOf(key: Buffer, topic: Topic): KeyFault | null {
  if (key.length === 0) return { code: 'KEY_MISSING', reason: topic.key };
  // A cursor is a key as text: one that is no text would lead to another place.
  if (!isUtf8(key)) return { code: 'RECORD_UNREADABLE', reason: 'the key is not UTF-8' };
  if (key.length <= maxKeyBytes) return null;
  return { code: 'RECORD_UNREADABLE', reason: `the key has more than ${maxKeyBytes} bytes` };
}

const noWords: readonly number[] = [];

/** The change that a record makes, or why nobody can read it. */
function judge(
  { key, offset, value }: SavedChange,
  { spec: { topic }, process }: Pick<ProjectionOptions<Topic>, 'process' | 'spec'>,
  wordsOf: RowWords,
): Verdict {
  const fault = faultOf(key, topic);
  if (fault) return { poison: { ...fault, process } };
  if (value === null) return { key, offset, value, words: noWords };
  const words = wordsOf(value);
  if (Array.isArray(words)) return { key, offset, value, words };
  return { poison: { code: words.code, reason: words.reason, process } };
}

function refuseWrongPartition(record: KafkaRecord, topic: Topic, partitions: number): void {
  if (!topic.coPartition || !record.key) return;
  if (partitionOf(record.key, partitions) === record.partition) return;
  const place = `${record.topic}-${record.partition} at ${record.offset}`;
  throw new VestnikError('WRONG_PARTITION', place);
}

const noKey = Buffer.alloc(0);

class Projection<T extends Topic> {
  readonly rows: RowStore = createRowStore();
  readonly #options: ProjectionOptions<T>;
  readonly #checkpoint: Checkpoint | null;
  readonly #partitions: number;
  readonly #wordsOf: RowWords;
  /** Everything before this offset is in the rows. */
  position = 0;

  constructor(options: ProjectionOptions<T>, checkpoint: Checkpoint | null, partitions: number) {
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#partitions = partitions;
    this.#wordsOf = createRowWords(options.spec, options.serde, this.rows.words);
  }

  /** Reads the checkpoint. What it holds was judged when it was saved. */
  async load(
    range: { readonly low: number; readonly high: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { serde, log, spec, partition, clock } = this.#options;
    for (const { changes, nextOffset } of this.#checkpoint?.saved() ?? []) {
      await serde.prepare(changes.map(({ value }) => value));
      const verdicts = changes.map((change) => judge(change, this.#options, this.#wordsOf));
      this.rows.apply(verdicts.filter((verdict) => 'key' in verdict));
      this.position = nextOffset;
      // Lets heartbeats and other partitions have a turn.
      await clock.sleep(0);
      signal.throwIfAborted();
    }
    const saved = this.position;
    if (saved >= range.low && saved <= range.high) return;
    if (saved > 0) {
      const place = { topic: spec.topic.name, partition, saved, ...range };
      log.warn(place, 'a checkpoint does not fit its topic; reading the topic from its beginning');
      this.#checkpoint?.wipe();
      this.rows.clear();
    }
    this.position = range.low;
  }

  async project(records: readonly KafkaRecord[], nextOffset: number): Promise<void> {
    const { serde, spec, onPoison } = this.#options;
    await serde.prepare(records.map(({ value }) => value));
    const changes: StoreChange[] = [];
    for (const record of records) {
      refuseWrongPartition(record, spec.topic, this.#partitions);
      const { key, offset, value } = record;
      const verdict = judge({ key: key ?? noKey, offset, value }, this.#options, this.#wordsOf);
      if ('poison' in verdict) await onPoison(record, verdict.poison);
      else changes.push(verdict);
    }
    if (changes.length > 0) crashPoint('beforeStoreFlush');
    // On disk first: memory may be behind the checkpoint, never ahead of it.
    if (records.length > 0) this.#checkpoint?.append({ changes, nextOffset });
    this.rows.apply(changes);
    this.position = nextOffset;
    this.#checkpoint?.tidy(this.rows, nextOffset);
    if (this.rows.heldBytes() > maxHeldBytes) {
      throw new VestnikError('STORE_FULL', `${spec.topic.name}-${this.#options.partition}`);
    }
  }

  close(): void {
    this.#checkpoint?.close();
  }
}

/**
 * Opens a table's partition: loads its checkpoint and follows the topic from the offset saved in
 * it. Restored means: the *position* has reached the high watermark of the opening; the last
 * record's offset would not do, for the log may end in markers or compacted records.
 */
export async function openTableProjection<T extends Topic>(
  options: ProjectionOptions<T>,
): Promise<TableProjection<ValueOf<T>>> {
  const { kafka, serde, spec, partition, log, clock } = options;
  const { name, retentionMs: maxAgeMs } = spec.topic;
  const partitions = await partitionCount(kafka, name);
  const range = await offsetRange(kafka, name, partition);
  const directory = join(options.directory, `${name}-${partition}`);
  const identity = { topic: name, partition, partitions };
  const checkpoint = openCheckpoint({ directory, identity, maxAgeMs, nowMs: clock.nowMs() });
  if (!checkpoint) log.warn({ topic: name, partition }, 'another process has the checkpoint');
  const projection = new Projection(options, checkpoint, partitions);
  const restored = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  for (const { promise } of [restored, failed]) promise.catch(() => undefined);
  const closing = new AbortController();
  let from = range.low;

  let isRestored = false;
  function noteRestored(): void {
    if (isRestored || projection.position < range.high) return;
    isRestored = true;
    projection.rows.arrange();
    restored.resolve();
  }

  async function follow(): Promise<void> {
    const { signal } = closing;
    await projection.load(range, signal);
    from = projection.position;
    noteRestored();
    signal.throwIfAborted();
    const reader = openReader({ kafka, topic: name, partition, fromOffset: from, signal });
    while (!signal.aborted) {
      const { records, nextOffset } = await reader.next();
      if (nextOffset > projection.position) await projection.project(records, nextOffset);
      noteRestored();
    }
  }

  const following = follow().catch((error: unknown) => {
    if (closing.signal.aborted) return;
    const reason = describeError(error);
    log.error({ topic: name, partition, reason }, 'a table cannot be followed');
    restored.reject(error);
    failed.reject(error);
  });
  return {
    table: tableOf(projection.rows, spec.topic, serde),
    restored: restored.promise,
    failed: failed.promise,
    progress() {
      const total = Math.max(0, range.high - from);
      return { restored: Math.min(total, Math.max(0, projection.position - from)), total };
    },
    async close() {
      closing.abort(new DOMException('the table is closed', 'AbortError'));
      restored.reject(closing.signal.reason);
      await following;
      projection.close();
    },
  };
}
