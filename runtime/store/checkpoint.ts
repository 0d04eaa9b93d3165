import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, VestnikError } from '../errors.ts';
import {
  type BatchesToSave,
  type CheckpointFile,
  lastWrittenMs,
  openCheckpointFile,
  type SavedBatches,
} from './checkpoint-file.ts';
import { lockCheckpoint } from './checkpoint-lock.ts';
import type { RowStore, StoredRow } from './row-store.ts';

/** Checkpoints hold addresses. */
const ownerOnly = 0o700;

/** What rows are a projection of. A checkpoint of anything else is wiped when it is opened. */
export type StoreIdentity = {
  readonly topic: string;
  /** What Kafka gave the topic when it was made: one that was made anew has another. */
  readonly topicId: string;
  readonly partition: number;
  readonly partitions: number;
};

/**
 * A copy of the rows on disk, so that a restart reads a local file and then only the end of the
 * topic. It may be deleted at any time.
 */
export type Checkpoint = {
  /** It was of a topic of the same name that is no more, and is empty now. */
  readonly remade: boolean;
  /** What is saved, in order. To be read to its end before the first `append`. */
  saved(): Iterable<SavedBatches>;
  /** Saves batches and the offset behind them: both are there after a crash, or neither. */
  append(batches: BatchesToSave): void;
  /** Writes the rows anew when most of what is saved are former versions of them. */
  tidy(rows: RowStore, nextOffset: number, others?: Iterable<StoredRow>): void;
  /** Replaces all that is saved by the rows, and others that lie beside them. */
  rewrite(rows: RowStore, nextOffset: number, others: Iterable<StoredRow>): void;
  /** Forgets all that is saved. */
  wipe(): void;
  close(): void;
};

/** Grows when the layout of the file changes; older ones are then rebuilt from the topic. */
const layout = 4;
/** The file may hold this much more than twice the rows before it is written anew. */
const spare = { bytes: 64 * 1024 * 1024, records: 250_000 } as const;

function unusable(directory: string, error: unknown): VestnikError {
  return new VestnikError('STORE_UNUSABLE', `${directory}: ${describeError(error)}`, {
    cause: error,
  });
}

function isOfFormerTopic(identity: string | null, { topic, topicId }: StoreIdentity): boolean {
  if (identity === null) return false;
  const former = JSON.parse(identity) as Partial<StoreIdentity>;
  return former.topic === topic && former.topicId !== topicId;
}

function* both<T>(first: Iterable<T>, second: Iterable<T>): Iterable<T> {
  yield* first;
  yield* second;
}

/**
 * Opens the checkpoint in a folder of its own. Null when another process that is alive works with
 * it: the rows are then read from the topic and not saved. STORE_UNUSABLE when the disk refuses.
 */
export function openCheckpoint(options: {
  readonly directory: string;
  readonly identity: StoreIdentity;
  /** An older checkpoint may miss deletions that the topic has forgotten since (KIP-534). */
  readonly maxAgeMs: number;
  readonly nowMs: number;
}): Checkpoint | null {
  const { directory, maxAgeMs, nowMs } = options;
  const path = join(directory, 'rows.checkpoint');
  const identity = JSON.stringify({ layout, ...options.identity });
  const guard = <T>(call: () => T): T => {
    try {
      return call();
    } catch (error) {
      throw unusable(directory, error);
    }
  };

  const unlock = guard(() => {
    mkdirSync(directory, { recursive: true, mode: ownerOnly });
    return lockCheckpoint(join(directory, 'owner.lock'));
  });
  if (unlock === null) return null;

  const openFresh = (): CheckpointFile => {
    rmSync(path, { force: true });
    const file = openCheckpointFile(path);
    file.rewrite(identity, [], 0);
    return file;
  };
  let remade = false;
  let file = guard(() => {
    const writtenMs = lastWrittenMs(path);
    if (writtenMs !== null && nowMs - writtenMs > maxAgeMs) return openFresh();
    const found = openCheckpointFile(path);
    if (found.identity === identity) return found;
    remade = isOfFormerTopic(found.identity, options.identity);
    found.close();
    return openFresh();
  });

  function rewrite(rows: RowStore, nextOffset: number, others: Iterable<StoredRow>): void {
    guard(() => file.rewrite(identity, both(rows.rows(), others), nextOffset));
  }

  return {
    remade,
    *saved() {
      try {
        yield* file.batches();
      } catch (error) {
        throw unusable(directory, error);
      }
    },
    append: (batches) => guard(() => file.append(batches)),
    tidy(rows, nextOffset, others = []) {
      const isLong = file.records() > rows.size() * 2 + spare.records;
      if (!isLong && file.bytes() < rows.heldBytes() * 2 + spare.bytes) return;
      rewrite(rows, nextOffset, others);
    },
    rewrite,
    wipe() {
      file.close();
      file = guard(openFresh);
    },
    close() {
      file.close();
      unlock();
    },
  };
}
