import { expect, test } from 'vitest';
import { borrowMemory, giveMemoryBack } from '../../../../runtime/kafka/batch-memory.ts';

const mebibyte = 1024 * 1024;

test('memory that was given back is lent again, and to one at a time', () => {
  const first = borrowMemory(mebibyte - 1);
  const second = borrowMemory(mebibyte - 1);
  expect(second.buffer).not.toBe(first.buffer);
  giveMemoryBack(first.subarray(10, 20));
  giveMemoryBack(first);
  expect(borrowMemory(mebibyte).buffer).toBe(first.buffer);
  expect(borrowMemory(mebibyte).buffer).not.toBe(first.buffer);
});

test('what nobody borrowed is not lent', () => {
  const strange = Buffer.allocUnsafeSlow(mebibyte);
  giveMemoryBack(strange);
  expect(borrowMemory(mebibyte).buffer).not.toBe(strange.buffer);
});

test('more than the largest size is not kept', () => {
  const huge = borrowMemory(5 * mebibyte);
  expect(huge).toHaveLength(5 * mebibyte);
  giveMemoryBack(huge);
  expect(borrowMemory(5 * mebibyte).buffer).not.toBe(huge.buffer);
});

test('only so much is kept as two chunks of a fan-out need', () => {
  const all = Array.from({ length: 20 }, () => borrowMemory(4 * mebibyte));
  const given = new Set(all.map(({ buffer }) => buffer));
  all.forEach(giveMemoryBack);
  const again = Array.from({ length: 20 }, () => borrowMemory(4 * mebibyte));
  const used = again.filter(({ buffer }) => given.has(buffer)).length;
  expect(used).toBeGreaterThan(10);
  expect(used).toBeLessThanOrEqual(16);
});
