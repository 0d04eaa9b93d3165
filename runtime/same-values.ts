import { crc32 } from 'node:zlib';
import type { Topic, ValueOf } from '../schemas/topics.ts';
import type { Decoded, Serde } from './serde.ts';

/**
 * Values of one topic that are kept, with their bytes. The partitions of a process are worked on in
 * turns, a chunk of some dozen commands each, so the same command comes again that much later.
 */
const maxKept = 256;
const maxKeptBytes = 16 * 1024 * 1024;
/** A larger value is decoded each time. */
const maxValueBytes = 1024 * 1024;

type Kept = { readonly bytes: Buffer; readonly decoded: Decoded<unknown> };

/** What is kept of one topic, by a checksum of the bytes; the oldest makes room for the next. */
function createKeptValues() {
  const bySum = new Map<number, Kept>();
  let heldBytes = 0;

  function forget(sum: number): void {
    heldBytes -= bySum.get(sum)?.bytes.length ?? 0;
    bySum.delete(sum);
  }
  return {
    find(sum: number, value: Buffer): Decoded<unknown> | undefined {
      const kept = bySum.get(sum);
      return kept?.bytes.equals(value) ? kept.decoded : undefined;
    },
    keep(sum: number, value: Buffer, decoded: Decoded<unknown>): void {
      forget(sum);
      // The memory of a batch is used again.
      bySum.set(sum, { bytes: Buffer.from(value), decoded });
      heldBytes += value.length;
      for (const oldest of bySum.keys()) {
        if (bySum.size <= maxKept && heldBytes <= maxKeptBytes) return;
        forget(oldest);
      }
    },
  };
}

/**
 * Decodes values of the same bytes once, as one object: whoever fans out writes the same command to
 * every partition, and what is made of its texts can then be kept beside it. Only for topics that
 * are read so; of others it would keep what never comes again.
 */
export function decodeSameOnce(serde: Serde, isShared: (topic: Topic) => boolean): Serde {
  const byTopic = new Map<string, ReturnType<typeof createKeptValues>>();

  function keptOf(topic: Topic): ReturnType<typeof createKeptValues> {
    const present = byTopic.get(topic.name) ?? createKeptValues();
    byTopic.set(topic.name, present);
    return present;
  }
  return {
    ...serde,
    decode<T extends Topic>(topic: T, value: Buffer): Decoded<ValueOf<T>> {
      if (!isShared(topic) || value.length > maxValueBytes) return serde.decode(topic, value);
      const kept = keptOf(topic);
      const sum = crc32(value);
      const same = kept.find(sum, value);
      if (same) return same as Decoded<ValueOf<T>>;
      const decoded = serde.decode(topic, value);
      // A refusal may be of the moment: a schema that the registry does not know yet.
      if (decoded.ok) kept.keep(sum, value, decoded);
      return decoded;
    },
  };
}
