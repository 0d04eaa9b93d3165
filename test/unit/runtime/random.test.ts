import { expect, test } from 'vitest';
import { newId } from '../../../runtime/random.ts';

const several = 1000;
const nowMs = Date.parse('2026-01-15T12:00:00Z');

test('ids of one moment are all different, and none is like the one before', () => {
  const ids = Array.from({ length: several }, () => newId(nowMs));
  expect(new Set(ids).size).toBe(several);
  const tails = new Set(ids.map((id) => id.slice(-12)));
  expect(tails.size).toBe(several);
});

test('an id is a UUID of version 7 that begins with its time', () => {
  const id = newId(nowMs);
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(nowMs);
});
