import type { Topic, ValueOf } from '../schemas/topics.ts';
import type { Decoded, Serde } from './serde.ts';

/** Values of one topic that are kept, with their bytes: as many as partitions work at a time. */
const maxKept = 8;
/** A larger value is decoded each time. */
const maxKeptBytes = 1024 * 1024;

type Kept = { readonly bytes: Buffer; readonly decoded: Decoded<unknown> };

/**
 * Decodes values of the same bytes once, as one object: whoever fans out writes the same command to
 * every partition, and what is made of its texts can then be kept beside it. Only for topics that
 * are read so; of others it would keep what never comes again.
 */
export function decodeSameOnce(serde: Serde, isShared: (topic: Topic) => boolean): Serde {
  const byTopic = new Map<string, Kept[]>();

  function keptOf(topic: Topic): Kept[] {
    const present = byTopic.get(topic.name) ?? [];
    byTopic.set(topic.name, present);
    return present;
  }
  return {
    ...serde,
    decode<T extends Topic>(topic: T, value: Buffer): Decoded<ValueOf<T>> {
      if (!isShared(topic) || value.length > maxKeptBytes) return serde.decode(topic, value);
      const kept = keptOf(topic);
      const same = kept.find(({ bytes }) => bytes.equals(value));
      if (same) return same.decoded as Decoded<ValueOf<T>>;
      const decoded = serde.decode(topic, value);
      // A refusal may be of the moment: a schema that the registry does not know yet.
      if (!decoded.ok) return decoded;
      // The memory of a batch is used again.
      kept.push({ bytes: Buffer.from(value), decoded });
      if (kept.length > maxKept) kept.shift();
      return decoded;
    },
  };
}
