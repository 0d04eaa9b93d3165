import { expect, it } from 'vitest';
import { goFirst, letPass } from '../../../runtime/right-of-way.ts';

const longMs = 60_000;

it('waits for nobody when nothing small is under way', async () => {
  expect(await letPass(longMs)).toBe(0);
});

it('waits until all small work is done', async () => {
  const steps: string[] = [];
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const works = [goFirst(() => first.promise), goFirst(() => second.promise)];
  const waiting = letPass(longMs).then(() => steps.push('large'));
  first.resolve();
  await works[0];
  steps.push('first');
  second.resolve();
  await works[1];
  await waiting;
  expect(steps).toEqual(['first', 'large']);
  expect(await letPass(longMs)).toBe(0);
});

it('goes on when small work takes longer than it may wait', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const small = goFirst(() => promise);
  const waitedMs = await letPass(1);
  expect(waitedMs).toBeGreaterThan(0);
  expect(await letPass(0)).toBe(0);
  resolve();
  await small;
});

it('passes on a failure and is not waited for after it', async () => {
  const failing = goFirst(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await letPass(longMs)).toBe(0);
});
