import type { Clock } from '../../../runtime/clock.ts';

/** A clock that only the test turns. */
export type HandClock = Clock & {
  /** Moves the time; whoever has slept long enough wakes up. */
  advance(durationMs: number): void;
  /** Resolves with the duration of the next sleep that begins, or of one that goes on already. */
  asleep(): Promise<number>;
};

type Sleeper = { readonly untilMs: number; readonly durationMs: number; wake(): void };

export function handClock(startMs = Date.parse('2026-01-15T12:00:00Z')): HandClock {
  let nowMs = startMs;
  let sleepers: Sleeper[] = [];
  let begun = Promise.withResolvers<void>();
  return {
    nowMs: () => nowMs,
    sleep(durationMs, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        signal?.addEventListener('abort', () => resolve(), { once: true });
        sleepers.push({ untilMs: nowMs + durationMs, durationMs, wake: resolve });
        begun.resolve();
      });
    },
    advance(durationMs) {
      nowMs += durationMs;
      const woken = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
      sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs);
      if (sleepers.length === 0) begun = Promise.withResolvers();
      for (const { wake } of woken) wake();
    },
    async asleep() {
      await begun.promise;
      return sleepers.at(-1)?.durationMs ?? 0;
    },
  };
}
