import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Small transactions of a process go before its large ones. Somebody waits for a reply, and a
 * fan-out fills every core: each of the dozen requests between an event and its notification would
 * queue for the processor behind it. Of the whole process, for that is what shares the cores.
 */
let underWay = 0;
let passed: PromiseWithResolvers<void> = Promise.withResolvers();

/** Does small work; whoever asks meanwhile `letPass` waits for it. */
export async function goFirst(work: () => Promise<void>): Promise<void> {
  underWay += 1;
  try {
    await work();
  } finally {
    underWay -= 1;
    if (underWay === 0) {
      passed.resolve();
      passed = Promise.withResolvers();
    }
  }
}

/**
 * Waits until no small work is under way, but not longer than this: there may always be some.
 * Answers how long it waited, in milliseconds.
 */
export async function letPass(maxWaitMs: number): Promise<number> {
  if (underWay === 0 || maxWaitMs <= 0) return 0;
  const startMs = performance.now();
  const timer = new AbortController();
  const { signal } = timer;
  const timeout = sleep(maxWaitMs, undefined, { signal }).catch(() => undefined);
  await Promise.race([passed.promise, timeout]);
  timer.abort();
  return performance.now() - startMs;
}
