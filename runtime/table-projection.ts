import { join } from 'node:path';
import type { Topic, ValueOf } from '../schemas/topics.ts';
import type { DeadLetterCause } from './dead-letter.ts';
import { describeError, VestnikError } from './errors.ts';
import type { KafkaClient } from './kafka/client.ts';
import { offsetRange, partitionCount } from './kafka/offsets.ts';
import { partitionOf } from './kafka/partitioner.ts';
import { openReader } from './kafka/reader.ts';
import type { KafkaRecord } from './kafka/record.ts';
import type { Log } from './log.ts';
import type { Serde } from './serde.ts';
import { maxKeyBytes, openStore, type Store, type StoreChange } from './store.ts';
import { type Table, type TableSpec, tableOf } from './table.ts';

/** One partition of a table, kept up to date in a store on disk. */
export type TableProjection<V> = {
  readonly table: Table<V>;
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
  /** Folder of all stores of the process. */
  readonly directory: string;
  readonly log: Log;
  readonly process: string;
  readonly onPoison: PoisonHandler;
};

/** Grows when the way a store lays out rows changes; older stores are then rebuilt. */
const storeLayout = 1;

type Verdict = StoreChange | { readonly poison: DeadLetterCause };

function judge<T extends Topic>(
  record: KafkaRecord,
  options: ProjectionOptions<T>,
  partitions: number,
): Verdict {
  const { spec, serde, process } = options;
  const poison = (code: DeadLetterCause['code'], reason: string): Verdict => ({
    poison: { code, reason, process },
  });
  if (record.key === null || record.key.length === 0) {
    return poison('KEY_MISSING', spec.topic.key);
  }
  if (record.key.length > maxKeyBytes) {
    return poison('RECORD_UNREADABLE', `the key has more than ${maxKeyBytes} bytes`);
  }
  if (spec.topic.coPartition && partitionOf(record.key, partitions) !== record.partition) {
    const place = `${record.topic}-${record.partition} at ${record.offset}`;
    throw new VestnikError('WRONG_PARTITION', place);
  }
  const { offset, value } = record;
  const key = record.key.toString();
  if (value === null) return { key, offset, value, indexKeys: [] };
  const decoded = serde.decode(spec.topic, value);
  if (!decoded.ok) return poison(decoded.code, decoded.reason);
  const words = spec.indexKeys(decoded.value);
  const indexKeys = words.filter((word) => Buffer.byteLength(word) <= maxKeyBytes);
  return { key, offset, value, indexKeys };
}

/** Keeps the newest change of each key: a batch often holds several versions of a row. */
function newest(changes: readonly StoreChange[]): StoreChange[] {
  return [...new Map(changes.map((change) => [change.key, change])).values()];
}

async function openPartitionStore<T extends Topic>(
  options: ProjectionOptions<T>,
): Promise<{ store: Store; from: number; end: number; partitions: number }> {
  const { kafka, spec, partition, directory, log } = options;
  const { name } = spec.topic;
  const partitions = await partitionCount(kafka, name);
  const identity = { topic: name, partition, partitions, layout: storeLayout };
  const path = join(directory, `${name}-${partition}`);
  const { low, high } = await offsetRange(kafka, name, partition);
  const store = await openStore(path, identity);
  const stored = store.nextOffset();
  if (stored === null) return { store, from: low, end: high, partitions };
  if (stored >= low && stored <= high) return { store, from: stored, end: high, partitions };
  log.warn({ topic: name, partition, stored, low, high }, 'a store does not fit its topic');
  await store.close();
  const emptied = await openStore(path, { ...identity, layout: -storeLayout });
  await emptied.close();
  return { store: await openStore(path, identity), from: low, end: high, partitions };
}

/**
 * Opens the store of a table's partition and follows the topic from the offset that the store
 * remembers. Restored means: the *position* has reached the high watermark of the opening; the
 * last record's offset would not do, for the log may end in markers or compacted records.
 */
export async function openTableProjection<T extends Topic>(
  options: ProjectionOptions<T>,
): Promise<TableProjection<ValueOf<T>>> {
  const { kafka, serde, spec, partition } = options;
  const { store, from, end, partitions } = await openPartitionStore(options);
  const restored = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  for (const { promise } of [restored, failed]) promise.catch(() => undefined);
  const closing = new AbortController();
  let position = from;
  if (position >= end) restored.resolve();

  async function project(records: readonly KafkaRecord[], nextOffset: number): Promise<void> {
    await serde.prepare(records.map(({ value }) => value));
    const changes: StoreChange[] = [];
    for (const record of records) {
      const verdict = judge(record, options, partitions);
      if ('poison' in verdict) await options.onPoison(record, verdict.poison);
      else changes.push(verdict);
    }
    store.apply(newest(changes), nextOffset);
  }

  async function follow(): Promise<void> {
    const { topic } = spec;
    const reader = openReader({
      kafka,
      topic: topic.name,
      partition,
      fromOffset: from,
      signal: closing.signal,
    });
    while (!closing.signal.aborted) {
      const { records, nextOffset } = await reader.next();
      if (nextOffset > position) await project(records, nextOffset);
      position = nextOffset;
      if (position >= end) restored.resolve();
    }
  }

  const following = follow().catch((error: unknown) => {
    if (closing.signal.aborted) return;
    options.log.error(
      { topic: spec.topic.name, partition, reason: describeError(error) },
      'a table cannot be followed',
    );
    restored.reject(error);
    failed.reject(error);
  });
  return {
    table: tableOf(store, spec.topic, serde),
    restored: restored.promise,
    failed: failed.promise,
    progress: () => ({ restored: Math.min(position, end) - from, total: Math.max(0, end - from) }),
    async close() {
      closing.abort(new DOMException('the table is closed', 'AbortError'));
      restored.reject(closing.signal.reason);
      await following;
      await store.close();
    },
  };
}
