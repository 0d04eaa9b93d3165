import { expect, test } from 'vitest';
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
  people: { readonly userIds?: readonly string[]; readonly audience?: string } = {},
) => {
  const { userIds = [], audience = null } = people;
  return progressOf({ userIds, audience, counts: { ...none, ...counts }, changedAtMs: 7 });
};
const two = { userIds: ['a', 'b', 'a'] };

test('what can still change is under way, and all else is settled', () => {
  const counts = { rendered: 1, sending: 2, waiting: 3, delivered: 4, rejected: 5, unknown: 6 };
  expect(progress({ ...counts, suppressed: 7, deadLettered: 8 }, { audience: 'all' })).toEqual({
    expected: null,
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
  ['nothing of an audience is under way', { delivered: 9 }, { audience: 'all' }, null],
  ['some of an audience are', { delivered: 9, waiting: 1 }, { audience: 'all' }, false],
])('a request of which %s', (_name, counts, people, done) => {
  expect(progress(counts, people).done).toBe(done);
});

test('it is finished when the last thing changed, and not before', () => {
  expect(progress({ delivered: 2 }, two).finishedAtMs).toBe(7);
  expect(progress({ delivered: 1 }, two).finishedAtMs).toBeNull();
});
