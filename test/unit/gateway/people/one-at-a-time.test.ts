import { expect, test } from 'vitest';
import { createOneAtATime } from '../../../../gateway/people/one-at-a-time.ts';

test('work on one key waits for the work before it, also for one that failed', async () => {
  const alone = createOneAtATime();
  const steps: string[] = [];
  const work = (name: string, end: Promise<void>) => async () => {
    steps.push(`${name} begins`);
    await end;
    steps.push(`${name} ends`);
    return name;
  };
  const gate = Promise.withResolvers<void>();
  const first = alone('anna', work('first', gate.promise));
  const second = alone('anna', async () => {
    steps.push('second fails');
    throw new Error('second');
  });
  const third = alone('anna', work('third', Promise.resolve()));
  const other = await alone('john', work('other', Promise.resolve()));
  expect(other).toBe('other');
  gate.resolve();
  await expect(second).rejects.toThrow('second');
  expect(await Promise.all([first, third])).toEqual(['first', 'third']);
  expect(steps).toEqual([
    'first begins',
    'other begins',
    'other ends',
    'first ends',
    'second fails',
    'third begins',
    'third ends',
  ]);
});
