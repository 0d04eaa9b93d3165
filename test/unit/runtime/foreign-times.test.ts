import { expect, test } from 'vitest';
import { topics } from '../../../schemas/topics.ts';
import {
  become,
  type Change,
  episode,
  noon,
  preference,
  read,
  unreadable,
} from './foreign-writer.ts';

const long = (logicalType: string) => ({ type: 'long', logicalType });
test.each([
  ['no logical type', 'long', noon, noon],
  ['local-timestamp-millis', long('local-timestamp-millis'), noon, noon],
  ['timestamp-micros', long('timestamp-micros'), noon * 1000 + 999, noon],
  ['local-timestamp-micros', long('local-timestamp-micros'), noon * 1000 + 1, noon],
  ['timestamp-micros before 1970', long('timestamp-micros'), -1, -1],
  ['timestamp-nanos', long('timestamp-nanos'), 1_999_999, 1],
  ['a date', { type: 'int', logicalType: 'date' }, 2, 2 * 24 * 3600 * 1000],
  ['a double', 'double', noon, noon],
  ['an int', 'int', 5, 5],
])('a time with %s becomes milliseconds', async (_, type, at, releasedAt) => {
  const found = await read(
    topics.episodeReleased,
    { ...episode, releasedAt: at },
    become('releasedAt', type),
  );
  expect(found).toEqual({ ok: true, value: { ...episode, releasedAt } });
});

test('what is no point in time is refused, not taken for milliseconds', async () => {
  const change = become('releasedAt', long('time-micros'));
  const found = await read(topics.episodeReleased, { ...episode, releasedAt: 5 }, change);
  expect(found).toEqual(unreadable('releasedAt: a time-micros is no point in time'));
});

const year10000 = Date.parse('9999-12-31T23:59:59.999Z') + 1;
const year0 = Date.parse('0001-01-01T00:00:00.000Z') - 1;
const asWritten: Change = () => undefined;
const asLong = (name: string) => become(name, ['null', 'long']);

test.each([year10000, year0, 2 ** 52, -(2 ** 52)])(
  'a time out of range is refused in an event and moved in a row: %d',
  async (at) => {
    const reason = 'releasedAt: the time is not in the years 1 to 9999';
    const nearest = at > 0 ? year10000 - 1 : year0 + 1;
    for (const change of [asWritten, asLong('releasedAt')]) {
      const found = await read(topics.episodeReleased, { ...episode, releasedAt: at }, change);
      expect(found).toEqual({ ok: false, code: 'DATE_OUT_OF_RANGE', reason });
    }
    for (const change of [asWritten, asLong('updatedAt')]) {
      const row = await read(topics.preferences, { ...preference, updatedAt: at }, change);
      expect(row).toEqual({ ok: true, value: { ...preference, updatedAt: nearest } });
    }
    const address = { channel: 'email', address: 'a@example.com', reason: 'bounce', since: at };
    const suppression = { userId: 'u1', addresses: [address] };
    const row = await read(topics.suppressions, suppression, asWritten);
    const moved = { ...suppression, addresses: [{ ...address, since: nearest }] };
    expect(row).toEqual({ ok: true, value: moved });
  },
);
