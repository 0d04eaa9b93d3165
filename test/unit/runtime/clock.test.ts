import { expect, test } from 'vitest';
import { systemClock } from '../../../runtime/clock.ts';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('a sleep ends with its time, with its signal, and at once when that came before', async () => {
  const longMs = 1_000_000;
  const before = timers();
  await systemClock.sleep(1);
  const during = new AbortController();
  const slept = systemClock.sleep(longMs, during.signal);
  expect(timers()).toBe(before + 1);
  during.abort();
  await slept;
  await systemClock.sleep(longMs, AbortSignal.abort());
  // A timer that went on would keep the process.
  expect(timers()).toBe(before);
});
