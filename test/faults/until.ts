import { systemClock } from '../../runtime/clock.ts';

const pollMs = 20;
const defaultDeadlineMs = 120_000;

/** Waits until a condition holds; fails with the name of what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs: number = defaultDeadlineMs,
): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain for: ${what}`);
    await systemClock.sleep(pollMs);
  }
}
