import type { Clock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { createSerde, type Serde } from '../../runtime/serde.ts';
import { allTopics } from '../../schemas/topics.ts';
import { createMemoryRegistry } from './memory-registry.ts';

const standing: Clock = { nowMs: () => 0, sleep: async () => undefined };

/** A frame without content: enough for `prepare` to learn the schema of an id. */
function frame(id: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeInt32BE(id, 1);
  return bytes;
}

/** A serde that knows every topic's schema from a registry in memory. */
export async function createMemorySerde(clock = standing): Promise<Serde> {
  const log = createLog({ level: 'silent', name: 'driver' });
  const { signal } = new AbortController();
  const registry = createMemoryRegistry();
  const serde = await createSerde({ registry, topics: allTopics, log, clock, signal });
  for (let id = 1; id <= allTopics.length; id += 1) await serde.prepare([frame(id)]);
  return serde;
}
