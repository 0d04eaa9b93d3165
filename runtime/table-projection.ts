import { join } from 'node:path';
import type { Topic, ValueOf } from '../schemas/topics.ts';
import { tellRemade } from './begin-anew.ts';
import { describeError } from './errors.ts';
import { offsetRange } from './kafka/offsets.ts';
import { openBatchReader } from './kafka/reader.ts';
import { topicLife } from './kafka/topic-lives.ts';
import { arrangeAside } from './store/arrange-aside.ts';
import { openCheckpoint } from './store/checkpoint.ts';
import { type JoinedTable, tableOf } from './table.ts';
import { maxHeldBytes, TableRows, type TableRowsOptions } from './table-rows.ts';

/** One partition of a table, kept up to date in memory with a checkpoint on disk. */
export type TableProjection<V> = {
  readonly table: JoinedTable<V>;
  /** Resolves when the table holds all that was in the topic when it was opened. */
  readonly restored: Promise<void>;
  /** Rejects when the projection cannot go on. */
  readonly failed: Promise<never>;
  progress(): { readonly restored: number; readonly total: number };
  /** Resolves when everything before an offset is in the table; never, once it is closed. */
  reached(offset: number): Promise<void>;
  close(): Promise<void>;
};

export type ProjectionOptions<T extends Topic> = TableRowsOptions<T> & {
  /** Folder of all checkpoints of the process. */
  readonly directory: string;
};

/**
 * Opens a table's partition: loads its checkpoint and follows the topic from the offset saved in
 * it. Restored means: the *position* has reached the high watermark of the opening; the last
 * record's offset would not do, for the log may end in markers or compacted records.
 */
export async function openTableProjection<T extends Topic>(
  options: ProjectionOptions<T>,
): Promise<TableProjection<ValueOf<T>>> {
  const { kafka, serde, spec, partition, log, clock, homes } = options;
  const { name, retentionMs: maxAgeMs } = spec.topic;
  const { id: topicId, partitions } = await topicLife(kafka, name);
  const range = await offsetRange(kafka, name, partition);
  const directory = join(options.directory, `${name}-${partition}`);
  const identity = { topic: name, topicId, partition, partitions };
  const checkpoint = openCheckpoint({ directory, identity, maxAgeMs, nowMs: clock.nowMs() });
  if (!checkpoint) log.warn({ topic: name, partition }, 'another process has the checkpoint');
  if (checkpoint?.remade) tellRemade(options, { topic: name, partition });
  const projection = new TableRows(options, checkpoint, partitions);
  const { rows } = projection;
  const restored = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  for (const { promise } of [restored, failed]) promise.catch(() => undefined);
  const closing = new AbortController();
  let from = range.low;

  const awaited = new Set<{ readonly offset: number; readonly tell: () => void }>();
  function tellReached(): void {
    for (const each of awaited) {
      if (!isRestored || projection.position < each.offset) continue;
      awaited.delete(each);
      each.tell();
    }
  }

  let isRestored = false;
  homes.set(partition, { isRestored: () => isRestored, get: rows.get });
  async function noteRestored(): Promise<void> {
    if (isRestored || projection.position < range.high) return;
    await projection.settle();
    isRestored = true;
    restored.resolve();
    // Not before: it takes a quarter of the time of a restore, and scans are right without it. Not
    // where the rows, in memory twice and growing, might reach what a partition may hold.
    if (rows.heldBytes() > maxHeldBytes / 3) return;
    const nextTurn = () => clock.sleep(0);
    arrangeAside(rows, { nextTurn, signal: closing.signal }).catch(failed.reject);
  }

  async function follow(): Promise<void> {
    const { signal } = closing;
    await projection.load(range, signal);
    from = projection.position;
    await noteRestored();
    signal.throwIfAborted();
    const reader = openBatchReader({ kafka, topic: name, partition, fromOffset: from, signal });
    while (!signal.aborted) {
      const fetched = await reader.next();
      if (fetched.nextOffset > projection.position) await projection.project(fetched);
      await noteRestored();
      tellReached();
      if (isRestored) await projection.tend();
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
    table: tableOf(rows, spec, serde, partition),
    restored: restored.promise,
    failed: failed.promise,
    progress() {
      const total = Math.max(0, range.high - from);
      return { restored: Math.min(total, Math.max(0, projection.position - from)), total };
    },
    reached(offset) {
      const { promise, resolve } = Promise.withResolvers<void>();
      awaited.add({ offset, tell: resolve });
      tellReached();
      return promise;
    },
    async close() {
      closing.abort(new DOMException('the table is closed', 'AbortError'));
      restored.reject(closing.signal.reason);
      await following;
      homes.delete(partition);
      projection.close();
      awaited.clear();
    },
  };
}
