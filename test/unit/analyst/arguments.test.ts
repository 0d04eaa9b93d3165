import { describe, expect, test } from 'vitest';
import { readArguments } from '../../../analyst/arguments.ts';
import { wordsFor } from '../../../analyst/words.ts';
import { topics } from '../../../schemas/topics.ts';

const nowMs = Date.parse('2026-02-01T00:00:00Z');
const read = (...args: string[]) => readArguments(args, nowMs, wordsFor('en'));

test('without arguments all letters are meant, gently', () => {
  const times = { sinceMs: null, untilMs: null };
  const all = { topic: null, code: null, process: null, key: null, place: null, ...times };
  expect(read()).toEqual({ ok: true, arguments: { ...all, dryRun: false, ratePerSecond: 50 } });
});

test('every argument is read', () => {
  const { name: topic } = topics.users;
  const args = [
    '--topic',
    topic,
    '--code',
    'NOT_AVRO',
    '--key',
    'anna',
    '--rate',
    '5',
    '--process',
    'notify',
    '--letter',
    '0@12',
    '--dry-run',
  ];
  const times = ['--since', '24h', '--until', '2026-01-31T18:00'];
  expect(read(...args, ...times)).toEqual({
    ok: true,
    arguments: {
      topic,
      code: 'NOT_AVRO',
      key: 'anna',
      process: 'notify',
      place: { partition: 0, offset: 12 },
      ratePerSecond: 5,
      dryRun: true,
      sinceMs: Date.parse('2026-01-31T00:00:00Z'),
      untilMs: Date.parse('2026-01-31T18:00:00Z'),
    },
  });
});

describe('what is wrong is said with what to write instead', () => {
  test.each([
    [['--topic', 'user'], topics.users.name],
    [['--code', 'MOVIE'], 'MOVIE_UNKNOWN'],
    [['--code', 'toString'], 'MOVIE_UNKNOWN'],
    [['--since', 'yesterday'], '24h'],
    [['--until', '2026-13-01'], '24h'],
    [['--since', '1h', '--until', '2h'], 'Exchange'],
    [['--letter', '12'], '0@12'],
    [['--rate', '0'], 'from 1 to'],
    [['--rate', '1e3'], 'from 1 to'],
    [['--everything'], 'arguments below'],
    [['users'], 'arguments below'],
    [['--key'], 'arguments below'],
  ])('%j', (args, said) => {
    const found = read(...args);
    expect(found.ok ? '' : found.problem).toContain(said);
  });
});

test('both languages have a sentence for each outcome', () => {
  expect(Object.keys(wordsFor('ru').why)).toEqual(Object.keys(wordsFor('en').why));
});
