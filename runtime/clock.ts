import { setTimeout as sleepFor } from 'node:timers/promises';

/** The only door to time. Tests hand in one that they turn by hand. */
export type Clock = {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number;
  /** Resolves after `durationMs`, or at once when the signal is aborted; never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs, signal) =>
    sleepFor(durationMs, undefined, signal ? { signal } : {}).catch(() => undefined),
};
