import { expect, test } from 'vitest';
import { deadLetter, deadLetterHeaders, letterFacts } from '../../../runtime/dead-letter.ts';
import { errorTable } from '../../../runtime/errors.ts';
import type { KafkaRecord } from '../../../runtime/kafka/record.ts';
import { topics } from '../../../schemas/topics.ts';

const cause = { code: 'MOVIE_UNKNOWN', reason: 'movie 42', process: 'audience' } as const;

const recordOf = (changes: Partial<KafkaRecord> = {}): KafkaRecord => ({
  topic: topics.movieAdded.name,
  partition: 1,
  offset: 7,
  timestampMs: 42,
  key: Buffer.from('m1'),
  value: Buffer.from('value'),
  headers: [['trace', Buffer.from('t1')]],
  ...changes,
});

test('the reason is the whole sentence of the code with the case at hand, once', () => {
  const sentence = `${errorTable.MOVIE_UNKNOWN.message} (movie 42)`;
  expect(letterFacts(deadLetter(recordOf(), cause)).reason).toBe(sentence);
  const again = deadLetter(recordOf(), { ...cause, reason: sentence });
  expect(letterFacts(again).reason).toBe(sentence);
  const bare = deadLetter(recordOf(), { ...cause, reason: '' });
  expect(letterFacts(bare).reason).toBe(errorTable.MOVIE_UNKNOWN.message);
});

test.each([
  ['a value', { value: Buffer.alloc(1_000_000) }, 1_000_004],
  ['a key', { key: Buffer.alloc(70_000) }, 70_012],
  ['headers', { headers: [['big', Buffer.alloc(70_000)] as const] }, 70_010],
])('%s too large for the topic is left out, and its bytes are counted', (_, changes, bytes) => {
  const letter = deadLetter(recordOf(changes), cause);
  const size = (letter.headers ?? []).reduce((sum, [, value]) => sum + (value?.length ?? 0), 0);
  expect(size + (letter.key?.length ?? 0)).toBeLessThan(100_000);
  expect(letter.value).toBeNull();
  expect(letterFacts(letter).leftOutBytes).toBeGreaterThanOrEqual(bytes);
});

test('names of headers count by their bytes, too, so a letter fits where its record did', () => {
  const headers = [['я'.repeat(60_000), null] as const];
  const value = Buffer.alloc(900_000);
  const letter = deadLetter(recordOf({ headers, value }), cause);
  expect(letter.value).toBeNull();
  expect(letterFacts(letter).leftOutBytes).toBe(1_020_002);
});

test('a thousand headers of nothing are left out too', () => {
  const headers = Array.from({ length: 1000 }, (_, n) => [`h${n}`, null] as const);
  const letter = deadLetter(recordOf({ headers }), cause);
  expect(letter.headers?.length).toBeLessThan(20);
  expect(letterFacts(letter).leftOutBytes).toBeGreaterThan(0);
});

test('a record that comes back is set aside with one set of headers and its own place', () => {
  const { headers = [] } = deadLetter(recordOf(), cause);
  const again = deadLetter(recordOf({ offset: 9, headers }), cause);
  expect(again.headers).toHaveLength(headers.length);
  expect(letterFacts(again).offset).toBe(9);
});

test('a letter about a letter keeps the first coordinates', () => {
  const { headers = [] } = deadLetter(recordOf(), cause);
  const { name: topic } = topics.deadLetters;
  const letter = recordOf({ topic, partition: 0, offset: 99, timestampMs: 1, headers });
  const facts = letterFacts(deadLetter(letter, { ...cause, process: 'reader' }));
  expect(facts).toMatchObject({ topic: topics.movieAdded.name, partition: 1, offset: 7 });
  expect(facts).toMatchObject({ timestampMs: 42, process: 'reader' });
});

test('headers that nobody wrote well are read without a throw', () => {
  const headers = [
    [deadLetterHeaders.offset, Buffer.from('not a number')],
    [deadLetterHeaders.partition, null],
    [deadLetterHeaders.leftOut, Buffer.from('-5')],
  ] as const;
  const none = { code: null, reason: null, process: null, topic: null };
  const place = { partition: null, offset: null, timestampMs: null, leftOutBytes: 0 };
  expect(letterFacts({ headers })).toEqual({ ...none, ...place });
});
