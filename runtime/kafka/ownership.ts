import type { Clock } from '../clock.ts';
import { describeError, VestnikError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { KafkaClient } from './client.ts';
import { joinGroup } from './membership.ts';

/** The partition numbers that this process works on. */
export type Ownership = {
  owned(): readonly number[];
  /** True once the group has given this process its share, which may be nothing. */
  joined(): boolean;
  /** Rejects when the work on a partition number cannot go on. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
};

/** Does the work of one partition number until the signal is aborted. */
export type Work = (slot: number, signal: AbortSignal) => Promise<void>;

type Running = { readonly stop: AbortController; readonly ended: Promise<void> };

const minBackOffMs = 100;
const maxBackOffMs = 5000;

/**
 * Joins a group and calls `work(n, signal)` for each partition number it is given: partition n
 * of all the topics. The signal is aborted when the number is taken away, and the group waits
 * until work has returned. Work that throws a retryable error is started again after a back-off
 * that doubles up to five seconds; any other error makes `failed` reject.
 */
export async function ownPartitions(options: {
  readonly kafka: KafkaClient;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly log: Log;
  readonly clock: Clock;
  readonly work: Work;
}): Promise<Ownership> {
  const { log, clock, work } = options;
  const running = new Map<number, Running>();
  let joined = false;
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);

  async function keepWorking(slot: number, signal: AbortSignal): Promise<void> {
    let backOffMs = minBackOffMs;
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      try {
        await work(slot, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const retryable = error instanceof VestnikError && error.retryable;
        if (!retryable) {
          log.error({ slot, error }, 'the work on a partition cannot go on');
          failure.reject(error);
          return;
        }
        if (clock.nowMs() - startedMs > maxBackOffMs) backOffMs = minBackOffMs;
        log.warn({ slot, backOffMs, reason: describeError(error) }, 'starting a partition again');
        await clock.sleep(backOffMs, signal);
        backOffMs = Math.min(backOffMs * 2, maxBackOffMs);
      }
    }
  }

  async function stopAll(slots: readonly number[]): Promise<void> {
    const stopping = slots.map(async (slot) => {
      const entry = running.get(slot);
      entry?.stop.abort(new DOMException('the partition was given up', 'AbortError'));
      await entry?.ended;
      running.delete(slot);
    });
    await Promise.all(stopping);
  }

  const membership = await joinGroup({
    ...options,
    handlers: {
      owned: () => [...running.keys()],
      async assigned(slots) {
        joined = true;
        const lost = [...running.keys()].filter((slot) => !slots.includes(slot));
        await stopAll(lost);
        for (const slot of slots) {
          if (running.has(slot)) continue;
          const stop = new AbortController();
          running.set(slot, { stop, ended: keepWorking(slot, stop.signal) });
        }
        return lost.length > 0;
      },
    },
  });
  return {
    owned: () => [...running.keys()],
    joined: () => joined,
    failed: failure.promise,
    close: membership.close,
  };
}
