import { expect, it } from 'vitest';
import { withDeadline } from '../../../runtime/deadline.ts';
import { handClock } from './hand-clock.ts';

const durationMs = 1000;

/** Work that ends when its signal is aborted, with the name of the reason. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve((signal.reason as Error).name));
  });

it('aborts the signal when the time is over', async () => {
  const clock = handClock();
  const ended = withDeadline({ clock, durationMs }, untilAborted);
  clock.advance(durationMs);
  expect(await ended).toBe('TimeoutError');
});

it('leaves the signal alone when the work was faster', async () => {
  const clock = handClock();
  const signal = await withDeadline({ clock, durationMs }, async (given) => given);
  clock.advance(durationMs);
  await Promise.resolve();
  expect(signal.aborted).toBe(false);
});

it('passes on what the work throws', async () => {
  const work = () => Promise.reject(new Error('no'));
  await expect(withDeadline({ clock: handClock(), durationMs }, work)).rejects.toThrow('no');
});
