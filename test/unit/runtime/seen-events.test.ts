import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeenEvents, redriveHeader } from '../../../runtime/seen-events.ts';

const horizonMs = 1000;
const at = (offset: number, timestampMs: number, headers: [string, Buffer][] = []) => ({
  offset,
  timestampMs,
  headers,
});

test('the second record with an id is a repeat, the first one never', () => {
  const seen = createSeenEvents(horizonMs);
  expect(seen.isRepeat('a', at(1, 0))).toBe(false);
  expect(seen.isRepeat('a', at(1, 0))).toBe(false);
  expect(seen.isRepeat('b', at(2, 10))).toBe(false);
  expect(seen.isRepeat('a', at(3, 20))).toBe(true);
});

test('beyond the horizon an id is new again', () => {
  const seen = createSeenEvents(horizonMs);
  seen.isRepeat('a', at(1, 0));
  expect(seen.isRepeat('a', at(2, horizonMs))).toBe(true);
  expect(seen.isRepeat('a', at(3, horizonMs * 2))).toBe(true);
  expect(seen.isRepeat('a', at(4, horizonMs * 3 + 1))).toBe(false);
});

test('a record that is sent again on purpose is no repeat', () => {
  const seen = createSeenEvents(horizonMs);
  seen.isRepeat('a', at(1, 0));
  expect(seen.isRepeat('a', at(2, 10, [[redriveHeader, Buffer.from('1')]]))).toBe(false);
});

test('beginning anew at any place within the horizon, the same records are repeats', () => {
  const record = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), gapMs: fc.nat(400) });
  fc.assert(
    fc.property(fc.array(record, { minLength: 2, maxLength: 40 }), fc.nat(), (records, n) => {
      const restartAt = n % records.length;
      let timeMs = 0;
      const log = records.map(({ id, gapMs }, offset) => {
        timeMs += gapMs;
        return { id, ...at(offset, timeMs) };
      });
      const through = createSeenEvents(horizonMs);
      const verdicts = log.map((each) => through.isRepeat(each.id, each));
      const next = log[restartAt] ?? at(0, 0);
      const restarted = createSeenEvents(horizonMs);
      for (const each of log.slice(0, restartAt)) {
        if (each.timestampMs >= next.timestampMs - horizonMs) restarted.isRepeat(each.id, each);
      }
      const again = log.slice(restartAt).map((each) => restarted.isRepeat(each.id, each));
      expect(again).toEqual(verdicts.slice(restartAt));
    }),
  );
});
