import type { Clock } from '../../runtime/clock.ts';

/** Without a reason of its own each signal would make an error, with a stack that nobody reads. */
const isAnswered = 'answered';

/** What the work answers, or `late` when that takes longer. The work itself goes on. */
export async function answerWithin<T, L>(options: {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly work: Promise<T>;
  readonly late: L;
}): Promise<T | L> {
  const { clock, deadlineMs, work, late } = options;
  const answered = new AbortController();
  const waited = clock.sleep(deadlineMs, answered.signal).then(() => late);
  try {
    return await Promise.race([work, waited]);
  } finally {
    answered.abort(isAnswered);
  }
}
