import { expect, test } from 'vitest';
import { type LetterFilter, letterOf, matches } from '../../../redrive/letter.ts';
import { deadLetter } from '../../../runtime/dead-letter.ts';
import { topics } from '../../../schemas/topics.ts';

const record = {
  topic: topics.movieAdded.name,
  partition: 1,
  offset: 7,
  timestampMs: 42,
  key: Buffer.from('anna'),
  value: null,
  headers: [],
};
const written = deadLetter(record, { code: 'MOVIE_UNKNOWN', reason: '', process: 'audience' });
const letter = letterOf({
  ...record,
  topic: topics.deadLetters.name,
  partition: 0,
  offset: 3,
  timestampMs: 50,
  headers: written.headers ?? [],
});

const all: LetterFilter = {
  topic: null,
  code: null,
  process: null,
  sinceMs: null,
  untilMs: null,
  key: null,
  place: null,
};

test.each<Partial<LetterFilter>>([
  {},
  { topic: topics.movieAdded.name, code: 'MOVIE_UNKNOWN' },
  { process: 'audience', key: 'anna' },
  { sinceMs: 50, untilMs: 50 },
  { place: { partition: 0, offset: 3 } },
])('is one of %j', (filter) => {
  expect(matches(letter, { ...all, ...filter })).toBe(true);
});

test.each<Partial<LetterFilter>>([
  { topic: topics.episodeReleased.name },
  { code: 'NOT_AVRO' },
  { process: 'notify' },
  { key: 'ann' },
  { sinceMs: 51 },
  { untilMs: 49 },
  { place: { partition: 0, offset: 7 } },
  { place: { partition: 1, offset: 3 } },
])('is none of %j', (filter) => {
  expect(matches(letter, { ...all, ...filter })).toBe(false);
});
