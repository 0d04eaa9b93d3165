import type { RequestHistory, StateCounts } from './history.ts';

/** How far a request is. */
export type RequestProgress = {
  /** How many are to come of it; null for an audience, of which nobody knows before its end. */
  readonly expected: number | null;
  readonly underWay: number;
  readonly settled: number;
  /** Whether nothing more will come; null: nothing is under way, but of an audience more may. */
  readonly done: boolean | null;
  readonly changedAtMs: number | null;
  readonly finishedAtMs: number | null;
};

/** The states that a notification leaves again; all others are ends. */
const underWayStates = [
  'rendered',
  'sending',
  'waiting',
] as const satisfies readonly (keyof StateCounts)[];

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

function doneOf(expected: number | null, underWay: number, settled: number): boolean | null {
  if (underWay > 0) return false;
  return expected === null ? null : settled >= expected;
}

/** How far a request is, by the counts of its notifications. Pure. */
export function progressOf(
  request: Pick<RequestHistory, 'userIds' | 'audience' | 'counts' | 'changedAtMs'>,
): RequestProgress {
  const { userIds, audience, counts, changedAtMs } = request;
  const expected = audience === null ? new Set(userIds).size : null;
  const underWay = sumOf(underWayStates.map((state) => counts[state]));
  const settled = sumOf(Object.values(counts)) - underWay;
  const done = doneOf(expected, underWay, settled);
  const finishedAtMs = done === true ? changedAtMs : null;
  return { expected, underWay, settled, done, changedAtMs, finishedAtMs };
}
