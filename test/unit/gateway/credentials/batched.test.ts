import { expect, test } from 'vitest';
import { batched } from '../../../../gateway/credentials/batched.ts';

function gathering(maxItems: number) {
  const calls: (readonly number[])[] = [];
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const ask = batched(async (items: readonly number[]) => {
    calls.push(items);
    await ends[calls.length - 1]?.promise;
    return items.map((item) => item * 2);
  }, maxItems);
  return { calls, ends, ask };
}

test('what comes during a call is one call, and each gets its own answer', async () => {
  const { calls, ends, ask } = gathering(10);
  const answers = [1, 2, 3].map((item) => ask(item));
  expect(calls).toEqual([[1]]);
  ends[0]?.resolve();
  await answers[0];
  ends[1]?.resolve();
  expect(await Promise.all(answers)).toEqual([2, 4, 6]);
  expect(calls).toEqual([[1], [2, 3]]);
});

test('a call is bounded', async () => {
  const { calls, ends, ask } = gathering(2);
  const answers = [1, 2, 3, 4].map((item) => ask(item));
  for (const at of [0, 1, 2]) {
    ends[at]?.resolve();
    await answers[at === 2 ? 3 : at];
  }
  expect(calls).toEqual([[1], [2, 3], [4]]);
});

test('a call that fails fails for those in it, and the next goes on', async () => {
  let tries = 0;
  const ask = batched(async (items: readonly number[]) => {
    tries += 1;
    if (tries === 1) throw new Error('away');
    return items;
  }, 10);
  const [first, second] = [ask(1), ask(2)];
  await expect(first).rejects.toThrow('away');
  expect(await second).toBe(2);
});
