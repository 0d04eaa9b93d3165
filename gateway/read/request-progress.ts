import { notificationStates, type RequestHistory, type StateCounts } from './history.ts';

/** How far a request is. */
export type RequestProgress = {
  /** How many are to come of it; of an audience nobody knows (null) before it was gone through. */
  readonly expected: number | null;
  /** Which part of its audience was gone through, from 0 to 1; null for listed people. */
  readonly audienceShare: number | null;
  readonly underWay: number;
  readonly settled: number;
  /** Whether nothing more will come; null: nobody can say how far its audience is. */
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

/** The states after which nothing more happens. */
export const settledStates = notificationStates.filter(
  (state) => !underWayStates.some((each) => each === state),
);

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

type Known = Pick<RequestHistory, 'userIds' | 'fanOut' | 'counts' | 'changedAtMs'>;

function shareOf({ fanOut }: Known): number | null {
  switch (fanOut?.kind) {
    case 'underWay':
      return fanOut.share;
    case 'written':
    case 'ended':
      return 1;
    case 'unknown':
    case undefined:
      return null;
  }
}

/** Whether all that is to come of it is known. */
function isPlanned({ fanOut, userIds, counts }: Known): boolean | null {
  switch (fanOut?.kind) {
    case undefined:
      return sumOf(Object.values(counts)) >= new Set(userIds).size;
    case 'unknown':
      return null;
    case 'underWay':
    case 'written':
      return false;
    case 'ended':
      return true;
  }
}

/** How far a request is, by the counts of its notifications. Pure. */
export function progressOf(request: Known): RequestProgress {
  const { userIds, fanOut, counts, changedAtMs } = request;
  const all = sumOf(Object.values(counts));
  const underWay = sumOf(underWayStates.map((state) => counts[state]));
  const done = underWay > 0 ? false : isPlanned(request);
  const ofAudience = fanOut?.kind === 'ended' ? all : null;
  return {
    expected: fanOut === null ? new Set(userIds).size : ofAudience,
    audienceShare: shareOf(request),
    underWay,
    settled: all - underWay,
    done,
    changedAtMs,
    finishedAtMs: done === true ? changedAtMs : null,
  };
}
