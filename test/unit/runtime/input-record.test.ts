import { beforeAll, expect, test } from 'vitest';
import { letterFacts } from '../../../runtime/dead-letter.ts';
import { type ErrorCode, errorTable } from '../../../runtime/errors.ts';
import { readInput } from '../../../runtime/input-record.ts';
import type { KafkaRecord } from '../../../runtime/kafka/record.ts';
import type { Serde } from '../../../runtime/serde.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemorySerde } from '../../driver/memory-serde.ts';

const topic = topics.movieAdded;
const event = { eventId: 'e1', movieId: 'm1', addedAt: Date.parse('2026-01-15T12:00:00Z') };

let serde: Serde;
beforeAll(async () => {
  serde = await createMemorySerde();
});

function read(changes: Partial<KafkaRecord>) {
  const place = { topic: topic.name, partition: 0, offset: 7, timestampMs: 0, headers: [] };
  const value = Buffer.from(serde.encode(topic, event));
  const record = { ...place, key: Buffer.from('m1'), value, ...changes };
  return readInput(topic, record, { serde, process: 'test' });
}

/** The code and the reason of the letter that sets a record aside. */
function letterOf(changes: Partial<KafkaRecord>): readonly (string | null)[] {
  const input = read(changes);
  if (input.ok) return [];
  const { code, reason } = letterFacts(input.letter);
  return [code, reason];
}

/** The whole sentence of a code, with the case at hand. */
const sentence = (code: ErrorCode, detail: string) => `${errorTable[code].message} (${detail})`;

test('a record is read with its key as text', () => {
  expect(read({ key: Buffer.from('брат') })).toMatchObject({
    ok: true,
    message: { key: 'брат', value: event, offset: 7 },
  });
});

test.each([
  ['a lone byte of a letter', Buffer.from([0xd0])],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ['the key of an Avro serializer', Buffer.from([0, 0, 0, 0, 200, 4, 109, 49])],
])('a key that is no UTF-8 is refused, not replaced: %s', (_, key) => {
  const reason = 'the key of movie-added is not valid UTF-8';
  expect(letterOf({ key })).toEqual(['KEY_UNREADABLE', sentence('KEY_UNREADABLE', reason)]);
});

test('a time that history cannot hold is refused, with its field', () => {
  const year10000 = Date.parse('9999-12-31T23:59:59.999Z') + 1;
  const value = Buffer.from(serde.encode(topic, { ...event, addedAt: year10000 }));
  const reason = 'addedAt: the time is not in the years 1 to 9999';
  expect(letterOf({ value })).toEqual(['DATE_OUT_OF_RANGE', sentence('DATE_OUT_OF_RANGE', reason)]);
});

test('an id that is no UTF-8 is refused, with its field', () => {
  const value = Buffer.from(serde.encode(topic, event));
  value[value.indexOf('e1')] = 0xff;
  const reason = 'eventId: the text is not valid UTF-8';
  expect(letterOf({ value })).toEqual(['RECORD_UNREADABLE', sentence('RECORD_UNREADABLE', reason)]);
});
