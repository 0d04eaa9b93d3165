import { expect, test } from 'vitest';
import type { FanOutState } from '../../../gateway/read/fan-out-ends.ts';
import type { StateCounts } from '../../../gateway/read/history.ts';
import { progressOf } from '../../../gateway/read/request-progress.ts';

const none: StateCounts = {
  rendered: 0,
  sending: 0,
  waiting: 0,
  delivered: 0,
  rejected: 0,
  suppressed: 0,
  unknown: 0,
  deadLettered: 0,
};
const progress = (
  counts: Partial<StateCounts>,
  people: { readonly userIds?: readonly string[]; readonly fanOut?: FanOutState },
) => {
  const { userIds = [], fanOut = null } = people;
  return progressOf({ userIds, fanOut, counts: { ...none, ...counts }, changedAtMs: 7 });
};
const two = { userIds: ['a', 'b', 'a'] };
const ended = { fanOut: { kind: 'ended' } } as const;
const half = { fanOut: { kind: 'underWay', share: 0.5 } } as const;

test('what can still change is under way, and all else is settled', () => {
  const counts = { rendered: 1, sending: 2, waiting: 3, delivered: 4, rejected: 5, unknown: 6 };
  expect(progress({ ...counts, suppressed: 7, deadLettered: 8 }, half)).toEqual({
    expected: null,
    audienceShare: 0.5,
    underWay: 6,
    settled: 30,
    done: false,
    changedAtMs: 7,
    finishedAtMs: null,
  });
});

test.each([
  ['nobody is settled yet', {}, two, false],
  ['one of two is', { delivered: 1 }, two, false],
  ['the other is being sent', { delivered: 1, sending: 1 }, two, false],
  ['both are', { delivered: 1, suppressed: 1 }, two, true],
  ['half of the audience was gone through', { delivered: 9 }, half, false],
  [
    'all of it was, but the history is behind',
    { delivered: 9 },
    { fanOut: { kind: 'written' } },
    false,
  ],
  ['all of it was', { delivered: 9 }, ended, true],
  ['all of it was, and some wait', { delivered: 9, waiting: 1 }, ended, false],
  ['the audience was empty', {}, ended, true],
  ['nobody can say how far it is', { delivered: 9 }, { fanOut: { kind: 'unknown' } }, null],
  [
    'nobody can say, and some wait',
    { delivered: 9, waiting: 1 },
    { fanOut: { kind: 'unknown' } },
    false,
  ],
] as const)('a request of which %s', (_name, counts, people, done) => {
  expect(progress(counts, people).done).toBe(done);
});

test('how many are to come of an audience is known once it was gone through', () => {
  expect(progress({ delivered: 4, waiting: 1 }, half).expected).toBeNull();
  expect(progress({ delivered: 4, waiting: 1 }, ended)).toMatchObject({
    expected: 5,
    audienceShare: 1,
  });
});

test('it is finished when the last thing changed, and not before', () => {
  expect(progress({ delivered: 2 }, two).finishedAtMs).toBe(7);
  expect(progress({ delivered: 2 }, ended).finishedAtMs).toBe(7);
  expect(progress({ delivered: 1 }, two).finishedAtMs).toBeNull();
});
