import { setImmediate as loopRound } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { isTurnOver, nextTurn } from '../../../runtime/turns.ts';

afterEach(() => vi.restoreAllMocks());

test('those who wait go on one at a time, in their order, a round of the loop each', async () => {
  const seen: string[] = [];
  const all = ['a', 'b', 'c'].map((name) => nextTurn().then(() => seen.push(name)));
  const served: string[] = [];
  while (seen.length < all.length) {
    await loopRound();
    served.push(seen.join(''));
  }
  await Promise.all(all);
  expect(served).toEqual(['a', 'ab', 'abc']);
});

test('who asks again stands behind those who wait', async () => {
  const seen: string[] = [];
  const worker = async (name: string) => {
    for (let turn = 0; turn < 2; turn += 1) {
      await nextTurn();
      seen.push(name);
    }
  };
  await Promise.all([worker('a'), worker('b')]);
  expect(seen).toEqual(['a', 'b', 'a', 'b']);
});

test('a turn is over when it took long, and a new one begins with the next round', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
  await nextTurn();
  expect(isTurnOver()).toBe(false);
  now.mockReturnValue(1100);
  expect(isTurnOver()).toBe(true);
  await nextTurn();
  expect(isTurnOver()).toBe(false);
});
