import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../runtime/config.ts';
import { crashPoints } from '../../../runtime/crash-point.ts';
import { exercisedPoints } from '../../faults/situations/kills.ts';

const runtime = join(import.meta.dirname, '..', '..', '..', 'runtime');

function pointsInSource(): string[] {
  const files = readdirSync(runtime, { recursive: true, encoding: 'utf8' });
  return files
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [
      ...readFileSync(join(runtime, path), 'utf8').matchAll(/\bcrashPoint\('(\w+)'\)/g),
    ])
    .map(([, point = '']) => point);
}

test('every point that has a name is in the source once, and is killed at', () => {
  expect(pointsInSource().toSorted()).toEqual([...crashPoints].toSorted());
  expect([...exercisedPoints].toSorted()).toEqual([...crashPoints].toSorted());
});

test('a point is armed by its name and the number of its passing', () => {
  const crashAt = (text: string) => loadConfig({ VESTNIK_CRASH_AT: text }).crashAt;
  expect(crashAt('afterSend:3')).toEqual({ point: 'afterSend', passing: 3, signal: 'SIGKILL' });
  expect(crashAt('afterPoll:1:stop')).toEqual({
    point: 'afterPoll',
    passing: 1,
    signal: 'SIGSTOP',
  });
  expect(loadConfig({}).crashAt).toBeNull();
});

test.each(['afterSend', 'afterSend:0', 'afterSend:x', 'nowhere:1', 'afterSend:1:kill'])(
  '%s is refused',
  (text) => {
    expect(() => loadConfig({ VESTNIK_CRASH_AT: text })).toThrow('VESTNIK_CRASH_AT');
  },
);

test('no point can be armed in production', () => {
  const production = { NODE_ENV: 'production' };
  expect(() => loadConfig({ ...production, VESTNIK_CRASH_AT: 'afterSend:1' })).toThrow(
    'must not be set in production',
  );
  expect(loadConfig(production).crashAt).toBeNull();
});
