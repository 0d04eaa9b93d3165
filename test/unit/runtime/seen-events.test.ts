import { expect, test } from 'vitest';
import { createSeenEvents } from '../../../runtime/seen-events.ts';
import type { SeenEvent } from '../../../schemas/generated/records.ts';

const horizonMs = 1000;
const place = { topic: 't', partition: 0, offset: 0 };
const eventAt = (id: string, seenAt: number, digest = 'd'): SeenEvent => ({
  id,
  digest,
  source: place,
  input: place,
  seenAt,
});

test('an event is known from when it was noted until the horizon is over', () => {
  const seen = createSeenEvents(horizonMs);
  expect(seen.find('a', 0)).toBeUndefined();
  seen.note(eventAt('a', 10));
  expect(seen.find('a', 10 + horizonMs)?.id).toBe('a');
  expect(seen.find('a', 11 + horizonMs)).toBeUndefined();
});

test('the first event with an id stays, also when a second one is noted', () => {
  const seen = createSeenEvents(horizonMs);
  seen.note(eventAt('a', 0, 'first'));
  seen.note(eventAt('a', 500, 'second'));
  expect(seen.find('a', 600)?.digest).toBe('first');
});

test('one that is worked on anew on purpose takes the place of the first', () => {
  const seen = createSeenEvents(horizonMs);
  seen.note(eventAt('a', 0, 'first'));
  seen.note(eventAt('a', 500, 'second'), { anew: true });
  expect(seen.find('a', 600)?.digest).toBe('second');
});

test('beyond the horizon of the first one, an id begins anew', () => {
  const seen = createSeenEvents(horizonMs);
  seen.note(eventAt('a', 0, 'first'));
  seen.note(eventAt('a', horizonMs + 1, 'second'));
  expect(seen.find('a', horizonMs + 2)?.digest).toBe('second');
});

test('what is older than the horizon is forgotten, whatever came out of order', () => {
  const seen = createSeenEvents(horizonMs);
  seen.note(eventAt('late', 2000));
  seen.note(eventAt('early', 900));
  expect(seen.find('early', 1500)).toBeDefined();
  seen.note(eventAt('later', 5000));
  expect(seen.find('late', 2500)).toBeUndefined();
});
