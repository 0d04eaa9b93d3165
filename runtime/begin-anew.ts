import type { Clock } from './clock.ts';
import { describeError, errorTable, toVestnikError, VestnikError } from './errors.ts';
import type { Health } from './health.ts';
import type { Running } from './lifecycle.ts';
import type { Log } from './log.ts';
import type { TopicWatch } from './topic-watch.ts';

/** A role that runs, and the watch over its topics. */
export type Watched = Running & { readonly watch: TopicWatch };

const minBackOffMs = 100;
const maxBackOffMs = 5000;

/** The topic that a failure is about was deleted and made anew. */
export const isRemade = (error: unknown): boolean =>
  error instanceof VestnikError && error.code === 'TOPIC_REMADE';

/** Says that what was kept of a topic is forgotten, for it is another topic now. */
export function tellRemade(
  { log, health }: { readonly log: Log; readonly health: Health },
  what: { readonly topic: string; readonly partition?: number },
): void {
  health.count('topics_remade', { topic: what.topic });
  log.warn({ ...what, code: 'TOPIC_REMADE' }, errorTable.TOPIC_REMADE.message);
}

/** Resolves with what went wrong: a topic that changed, if one did, is why anything else failed. */
export async function failureOf({
  failed,
  watch,
}: Pick<Watched, 'failed' | 'watch'>): Promise<unknown> {
  try {
    return await Promise.race([failed, watch.changed]);
  } catch (error) {
    return watch.look().then(
      () => error,
      (change: unknown) => change,
    );
  }
}

/**
 * Runs a role, and begins it anew when a topic that it works with was deleted and made anew. The
 * first start is the caller's to wait for and to fail; later ones are tried until they work.
 */
export async function beginAnew(
  start: () => Promise<Watched>,
  options: { readonly log: Log; readonly clock: Clock; readonly health: Health },
): Promise<Running> {
  const { log, clock } = options;
  const closing = new AbortController();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const closed = new Promise<void>((resolve) => {
    closing.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let current: Watched | null = await start();

  async function startAgain(): Promise<Watched | null> {
    for (let backOffMs = minBackOffMs; !closing.signal.aborted; backOffMs *= 2) {
      try {
        return await start();
      } catch (error) {
        if (!toVestnikError(error, 'INTERNAL').retryable) throw error;
        log.warn({ backOffMs, reason: describeError(error) }, 'not begun anew yet; tried again');
        await clock.sleep(Math.min(backOffMs, maxBackOffMs), closing.signal);
      }
    }
    return null;
  }
  async function end(): Promise<void> {
    const ending = current;
    current = null;
    ending?.watch.close();
    await ending?.stop();
  }
  async function keep(): Promise<void> {
    while (current && !closing.signal.aborted) {
      const failure = await Promise.race([failureOf(current), closed]);
      if (closing.signal.aborted) return;
      if (!isRemade(failure)) throw failure;
      log.warn({ code: 'TOPIC_REMADE' }, describeError(failure));
      await end();
      current = await startAgain();
    }
  }
  const keeping = keep().catch(failed.reject);
  return {
    ready: () => current?.ready() ?? false,
    failed: failed.promise,
    async stop() {
      closing.abort(new DOMException('the role is stopped', 'AbortError'));
      await keeping;
      await end();
    },
  };
}
