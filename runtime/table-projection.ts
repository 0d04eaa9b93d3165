import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import type { Topic, ValueOf } from '../schemas/topics.ts';
import type { Clock } from './clock.ts';
import { crashPoint } from './crash-point.ts';
import type { DeadLetterCause } from './dead-letter.ts';
import { describeError, VestnikError } from './errors.ts';
import { borrowMemory } from './kafka/batch-memory.ts';
import type { KafkaClient } from './kafka/client.ts';
import { offsetRange, partitionCount } from './kafka/offsets.ts';
import { murmur2, partitionOfHash } from './kafka/partitioner.ts';
import { type Fetched, openBatchReader } from './kafka/reader.ts';
import type { KafkaRecord } from './kafka/record.ts';
import {
  beforeRecords,
  type InflatedBatch,
  nextRecord,
  type RecordPlace,
  recordAt,
  releaseBatches,
} from './kafka/record-batch-decoder.ts';
import { readRecordSet } from './kafka/record-set.ts';
import type { Log } from './log.ts';
import { createRowWords, type RowWords } from './row-words.ts';
import type { Serde } from './serde.ts';
import { arrangeAside } from './store/arrange-aside.ts';
import { type Checkpoint, openCheckpoint } from './store/checkpoint.ts';
import type { RowChange } from './store/row-memory.ts';
import { createRowStore, type RowStore } from './store/row-store.ts';
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

type Fault = Pick<DeadLetterCause, 'code' | 'reason'>;

const maxAscii = 0x7f;

/** True when all bytes are ASCII, so that nobody need ask whether they are text. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > maxAscii) return false;
  return true;
}

function faultOfKey(bytes: Buffer, start: number, end: number, topic: Topic): Fault | null {
  if (end <= start) return { code: 'KEY_MISSING', reason: topic.key };
  // A cursor is a key as text: one that is no text would lead to another place.
  if (!isPlain(bytes, start, end) && !isUtf8(bytes.subarray(start, end))) {
    return { code: 'RECORD_UNREADABLE', reason: 'the key is not UTF-8' };
  }
  if (end - start <= maxKeyBytes) return null;
  return { code: 'RECORD_UNREADABLE', reason: `the key has more than ${maxKeyBytes} bytes` };
}

const noWords: readonly number[] = [];
const isList: (words: readonly number[] | Fault) => words is readonly number[] = Array.isArray;
const ignore: PoisonHandler = () => Promise.resolve();

type Change = { -readonly [K in keyof RowChange]: RowChange[K] };

class Projection<T extends Topic> {
  readonly rows: RowStore = createRowStore();
  readonly #options: ProjectionOptions<T>;
  readonly #checkpoint: Checkpoint | null;
  readonly #partitions: number;
  readonly #wordsOf: RowWords;
  /** The change of the record that is looked at; one object for all of them. */
  readonly #change: Change = {
    bytes: Buffer.alloc(0),
    keyStart: 0,
    keyEnd: 0,
    valueStart: 0,
    valueEnd: 0,
    hash: 0,
    offset: 0,
    words: noWords,
  };
  /** Everything before this offset is in the rows. */
  position = 0;

  constructor(options: ProjectionOptions<T>, checkpoint: Checkpoint | null, partitions: number) {
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#partitions = partitions;
    this.#wordsOf = createRowWords(options.spec, options.serde, this.rows.words);
  }

  /** Reads the checkpoint. What nobody can read was reported when it was saved. */
  async load(
    range: { readonly low: number; readonly high: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { log, spec, partition, clock } = this.#options;
    const place = { topic: spec.topic.name, partition };
    for (const { set, fromOffset, nextOffset } of this.#checkpoint?.saved() ?? []) {
      const found = await readRecordSet(set, [], { ...place, fromOffset }, borrowMemory);
      for (const batch of found.batches) await this.#apply(batch, fromOffset, ignore);
      releaseBatches(found.batches);
      this.position = nextOffset;
      // Lets heartbeats and other partitions have a turn.
      await clock.sleep(0);
      signal.throwIfAborted();
    }
    const saved = this.position;
    if (saved >= range.low && saved <= range.high) return;
    if (saved > 0) {
      log.warn(
        { ...place, saved, ...range },
        'a checkpoint does not fit its topic; reading the topic from its beginning',
      );
      this.#checkpoint?.wipe();
      this.rows.clear();
    }
    this.position = range.low;
  }

  /** Takes what was fetched into the rows, then onto the disk: a checkpoint may be behind them. */
  async project({ batches, fromOffset, nextOffset }: Fetched): Promise<void> {
    const { spec, onPoison } = this.#options;
    for (const batch of batches) await this.#apply(batch, fromOffset, onPoison);
    releaseBatches(batches);
    if (batches.length > 0) {
      crashPoint('beforeStoreFlush');
      const count = batches.reduce((sum, batch) => sum + batch.count, 0);
      const packed = batches.map((batch) => batch.packed);
      this.#checkpoint?.append({ batches: packed, count, fromOffset, nextOffset });
    }
    this.position = nextOffset;
    this.#checkpoint?.tidy(this.rows, nextOffset);
    if (this.rows.heldBytes() > maxHeldBytes) {
      throw new VestnikError('STORE_FULL', `${spec.topic.name}-${this.#options.partition}`);
    }
  }

  async #apply(batch: InflatedBatch, fromOffset: number, onPoison: PoisonHandler): Promise<void> {
    const { serde, spec, partition, process } = this.#options;
    const place = beforeRecords(batch);
    while (nextRecord(place)) {
      if (place.offset < fromOffset) continue;
      let fault = this.#applyOne(batch.records, place);
      if (fault === null) continue;
      const record = recordAt(batch, place.start, { topic: spec.topic.name, partition });
      if (fault.code === 'SCHEMA_UNKNOWN') {
        await serde.prepare([record.value]);
        fault = this.#applyOne(batch.records, place);
      }
      if (fault) await onPoison(record, { code: fault.code, reason: fault.reason, process });
    }
  }

  /** Makes the change of a record, or says why nobody can read it. */
  #applyOne(bytes: Buffer, place: RecordPlace): Fault | null {
    const { topic } = this.#options.spec;
    const { offset, keyStart, keyEnd, valueStart, valueEnd } = place;
    const fault = faultOfKey(bytes, keyStart, keyEnd, topic);
    if (fault) return fault;
    const hash = murmur2(bytes, keyStart, keyEnd);
    this.#refuseWrongPartition(hash, offset);
    const words = valueEnd < 0 ? noWords : this.#wordsOf(bytes, valueStart, valueEnd);
    if (!isList(words)) return words;
    const change = this.#change;
    change.bytes = bytes;
    change.keyStart = keyStart;
    change.keyEnd = keyEnd;
    change.valueStart = valueStart;
    change.valueEnd = valueEnd;
    change.hash = hash;
    change.offset = offset;
    change.words = words;
    this.rows.apply(change);
    return null;
  }

  #refuseWrongPartition(hash: number, offset: number): void {
    const { spec, partition } = this.#options;
    if (!spec.topic.coPartition || partitionOfHash(hash, this.#partitions) === partition) return;
    throw new VestnikError('WRONG_PARTITION', `${spec.topic.name}-${partition} at ${offset}`);
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
    restored.resolve();
    // Not before: it takes a quarter of the time of a restore, and scans are right without it. Not
    // where the rows, in memory twice and growing, might reach what a partition may hold.
    if (projection.rows.heldBytes() > maxHeldBytes / 3) return;
    const nextTurn = () => clock.sleep(0);
    arrangeAside(projection.rows, { nextTurn, signal: closing.signal }).catch(failed.reject);
  }

  async function follow(): Promise<void> {
    const { signal } = closing;
    await projection.load(range, signal);
    from = projection.position;
    noteRestored();
    signal.throwIfAborted();
    const reader = openBatchReader({ kafka, topic: name, partition, fromOffset: from, signal });
    while (!signal.aborted) {
      const fetched = await reader.next();
      if (fetched.nextOffset > projection.position) await projection.project(fetched);
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
