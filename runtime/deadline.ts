import type { Clock } from './clock.ts';

/**
 * Gives some work a signal that is aborted when its time is over. The work decides what that
 * means: nothing is cut off from outside.
 */
export async function withDeadline<T>(
  { clock, durationMs }: { readonly clock: Clock; readonly durationMs: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const ended = new AbortController();
  void clock.sleep(durationMs, ended.signal).then(() => {
    if (!ended.signal.aborted) late.abort(new DOMException('it took too long', 'TimeoutError'));
  });
  try {
    return await work(late.signal);
  } finally {
    ended.abort();
  }
}
