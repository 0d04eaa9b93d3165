import { notNow, type Outcome } from '../http/problem.ts';
import { refused } from './authored.ts';
import type { Worked } from './worker-pool.ts';

const stopped: Readonly<Record<'time' | 'memory' | 'defect', string>> = {
  time: 'The template takes longer than half a second to work on. Make it simpler.',
  memory: 'The template takes too much memory to work on. Make it simpler.',
  defect: 'The template could not be worked on. Make it simpler, and report it.',
};

/** What came of a task, or the problem that it could not be done. */
export function resultOf<V>(worked: Worked<V>): Outcome<V> {
  switch (worked.kind) {
    case 'done':
      return { ok: true, value: worked.value };
    case 'stopped':
      return refused({ status: 422, detail: stopped[worked.why] });
    case 'busy':
      return refused(notNow('Too many templates are looked at now.'));
  }
}
