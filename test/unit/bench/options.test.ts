import { expect, test } from 'vitest';
import { parts, readOptions, usersBeforeHuge } from '../../../bench/options.ts';

const usersFor = (...args: string[]) => usersBeforeHuge(readOptions(args));

test('huge is the last part of a run that names none', () => {
  expect(readOptions([]).parts).toEqual(parts);
  expect(parts.at(-1)).toBe('huge');
});

test('parts run in their own order, whatever order they are named in', () => {
  expect(readOptions(['--only=huge,w1']).parts).toEqual(['w1', 'huge']);
});

test('a quick run has one twentieth of the users', () => {
  const [full, quick] = [readOptions([]).scale, readOptions(['--quick']).scale];
  expect([quick.users, quick.huge]).toEqual([full.users / 20, full.huge / 20]);
});

test.each([
  ['--only=w9', 'There is no w9'],
  ['--fast', 'There is no option --fast'],
  ['--rounds=0', 'not a whole number'],
  ['--peers=flink', 'There is no flink'],
])('%s is refused with the usage', (arg, reason) => {
  expect(() => readOptions([arg])).toThrow(reason);
  expect(() => readOptions([arg])).toThrow('Usage:');
});

test('before huge there are as many users as the other parts need', () => {
  const { fans, users } = readOptions([]).scale;
  expect(usersFor()).toBe(users);
  expect(usersFor('--only=w2')).toBe(users);
  expect(usersFor('--only=w1,latency,huge')).toBe(fans);
});

test('huge alone loads all of its users itself', () => {
  expect(usersFor('--only=huge')).toBe(0);
});
