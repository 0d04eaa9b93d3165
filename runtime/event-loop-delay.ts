import { monitorEventLoopDelay } from 'node:perf_hooks';

/** By how much the event loop of this thread is late. */
export type EventLoopDelay = {
  /** Milliseconds, the mean of about the last second. */
  delayMs(): number;
  stop(): void;
};

const resolutionMs = 20;
const sampleMs = 1000;
const nsPerMs = 1e6;

/**
 * Measures how late timers come, as `@fastify/under-pressure` does. That plugin knows no bound of
 * open requests, and it is forty lines around this call, so it is not used.
 */
export function watchEventLoop(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let delayMs = 0;
  const timer = setInterval(() => {
    // The histogram holds whole intervals between timers, of which the first part is wanted.
    delayMs = Math.max(0, histogram.mean / nsPerMs - resolutionMs) || 0;
    histogram.reset();
  }, sampleMs);
  timer.unref();
  return {
    delayMs: () => delayMs,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
