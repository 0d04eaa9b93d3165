/** The only door to time. Tests hand in one that they turn by hand. */
export type Clock = {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number;
  /** Resolves after `durationMs`, or at once when the signal is aborted; never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
};

/** Not of `node:timers/promises`, which makes an error with a stack of each sleep that is ended. */
function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(over, durationMs);
  function over(): void {
    clearTimeout(timer);
    signal?.removeEventListener('abort', over);
    resolve();
  }
  signal?.addEventListener('abort', over, { once: true });
  return promise;
}

export const systemClock: Clock = { nowMs: () => Date.now(), sleep };
