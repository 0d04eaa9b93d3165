import type { KafkaClient } from './kafka/client.ts';
import { offsetAtTime, offsetRange } from './kafka/offsets.ts';
import { openReader, type PartitionReader } from './kafka/reader.ts';
import type { Once, SeenEvents } from './seen-events.ts';
import type { Serde } from './serde.ts';

export type MemoryPartition = {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly once: Once;
  readonly partition: number;
  readonly signal: AbortSignal;
};

/** A partition of the memory that is being read, and how far. */
type Following = { readonly reader: PartitionReader; position: number };

/** Reads the next part of a memory's partition, and notes what it holds. */
async function readOn(
  following: Following,
  { serde, once }: MemoryPartition,
  note: SeenEvents['note'],
): Promise<void> {
  const { records, nextOffset } = await following.reader.next();
  const values = records.flatMap(({ value }) => (value === null ? [] : [value]));
  await serde.prepare(values);
  for (const value of values) {
    const decoded = serde.decode(once.memory, value);
    if (decoded.ok) note(decoded.value);
  }
  following.position = nextOffset;
}

async function openFollowing(options: MemoryPartition, sinceMs: number): Promise<Following> {
  const { kafka, once, partition, signal } = options;
  const topic = once.memory.name;
  const timestampMs = Math.max(0, sinceMs);
  const position = await offsetAtTime(kafka, { topic, partition, timestampMs });
  const reader = openReader({ kafka, topic, partition, fromOffset: position, signal });
  return { reader, position };
}

/**
 * Reads back what the memory's partition holds of one input, from the horizon before a time on. To
 * be called after the former owner of that input was fenced: what it wrote is then below the high
 * watermark, and is read once its transaction has ended.
 */
export async function restoreSeen(
  seen: SeenEvents,
  options: MemoryPartition & { readonly input: string; readonly atMs: number },
): Promise<void> {
  const { kafka, once, partition, input } = options;
  const following = await openFollowing(options, options.atMs - once.horizonMs);
  try {
    const { high } = await offsetRange(kafka, once.memory.name, partition);
    while (following.position < high) {
      await readOn(following, options, (event) => {
        if (event.input.topic === input) seen.note(event);
      });
    }
  } finally {
    following.reader.close();
  }
}

/** A whole memory that is followed. */
export type FollowedMemory = {
  /** Resolves when all that was in the memory at the opening is known. */
  readonly restored: Promise<void>;
  /** Rejects when it cannot be followed any more. */
  readonly failed: Promise<never>;
};

/** Reads all partitions of a memory, from the horizon before now on, and follows them. */
export function followSeen(
  seen: SeenEvents,
  options: Omit<MemoryPartition, 'partition'> & {
    readonly partitions: number;
    readonly nowMs: number;
  },
): FollowedMemory {
  const { kafka, once, signal, partitions, nowMs } = options;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);

  async function follow(partition: number, restored: () => void): Promise<void> {
    const part = { ...options, partition };
    const following = await openFollowing(part, nowMs - once.horizonMs);
    const { high } = await offsetRange(kafka, once.memory.name, partition);
    while (!signal.aborted) {
      if (following.position >= high) restored();
      await readOn(following, part, seen.note);
    }
  }
  const starting = Array.from({ length: partitions }, (_, partition) => {
    const restored = Promise.withResolvers<void>();
    follow(partition, restored.resolve).catch((error: unknown) => {
      restored.reject(error);
      if (!signal.aborted) failed.reject(error);
    });
    return restored.promise;
  });
  const restored = Promise.all(starting).then(() => undefined);
  restored.catch(() => undefined);
  return { restored, failed: failed.promise };
}
