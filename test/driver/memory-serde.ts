import type { Clock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { createSerde, type Serde } from '../../runtime/serde.ts';
import { allTopics } from '../../schemas/topics.ts';
import { createMemoryRegistry } from './memory-registry.ts';

const standing: Clock = { nowMs: () => 0, sleep: async () => undefined };

/** A serde that knows every topic's schema from a registry in memory. */
export function createMemorySerde(clock = standing): Promise<Serde> {
  const log = createLog({ level: 'silent', name: 'driver' });
  const { signal } = new AbortController();
  const registry = createMemoryRegistry();
  return createSerde({ registry, topics: allTopics, log, clock, signal });
}
