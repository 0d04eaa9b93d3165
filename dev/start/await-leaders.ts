import { systemClock } from '../../runtime/clock.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { endOffsets } from '../../runtime/kafka/offsets.ts';
import type { Topic } from '../../schemas/topics.ts';

/** A broker on a machine that is busy with builds took 5 s; six times that means that it hangs. */
const leadersBoundMs = 30_000;
const retryMs = 200;

async function awaitLeader(
  kafka: KafkaClient,
  { name }: Topic,
  { endMs, signal }: { readonly endMs: number; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await endOffsets(kafka, name);
      return;
    } catch (error) {
      const passing = error instanceof VestnikError && error.retryable;
      if (!passing || systemClock.nowMs() >= endMs) throw error;
      await systemClock.sleep(retryMs, signal);
    }
  }
}

/**
 * Waits until every partition has a leader that answers. A broker takes requests before it leads
 * its partitions again, and whoever asks too early is told that it is the wrong one.
 */
export async function awaitLeaders(
  kafka: KafkaClient,
  topics: readonly Topic[],
  signal: AbortSignal,
): Promise<void> {
  const endMs = systemClock.nowMs() + leadersBoundMs;
  for (const topic of topics) await awaitLeader(kafka, topic, { endMs, signal });
}
