import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { watchEventLoop } from './event-loop-delay.ts';
import type { Health } from './health.ts';
import type { HealthReport } from './health-report.ts';
import type { HealthThreadData } from './health-thread.ts';
import type { Log } from './log.ts';

/** Where probes are answered. */
export type HealthServer = { readonly address: string; close(): Promise<void> };

/** Often enough for a probe each second; a report is a few kilobytes at most. */
const beatMs = 500;

/**
 * Answers `/health/live`, `/health/ready` and `/metrics` from a thread of its own: a main thread
 * that is busy or flooded would be killed by its supervisor for being late. The main thread tells
 * how it is twice a second; that it tells at all is its heartbeat. EADDRINUSE and the like reject.
 */
export async function openHealthServer(options: {
  readonly host: string;
  readonly port: number;
  readonly health: Pick<Health, 'conditions' | 'counted'>;
  readonly ready: () => boolean;
  readonly log: Log;
}): Promise<HealthServer> {
  const { host, port, health, ready, log } = options;
  const eventLoop = watchEventLoop();
  const report = (): HealthReport => ({
    ready: ready(),
    conditions: health.conditions(),
    counted: health.counted(),
    loopDelayMs: eventLoop.delayMs(),
  });
  const workerData: HealthThreadData = { host, port, first: report() };
  const thread = new Worker(new URL('./health-thread.ts', import.meta.url), { workerData });
  // Also rejects when the thread fails instead: a port that is taken, for example.
  const [listening] = (await once(thread, 'message')) as [{ readonly port: number }];
  thread.unref();
  thread.on('error', (error) => log.error({ reason: error.message }, 'no probe is answered now'));
  const beat = setInterval(() => thread.postMessage(report()), beatMs);
  beat.unref();
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`,
    async close() {
      clearInterval(beat);
      eventLoop.stop();
      await thread.terminate();
    },
  };
}
