import { expect, test } from 'vitest';
import { deadLetter } from '../../../runtime/dead-letter.ts';
import type { ErrorCode } from '../../../runtime/errors.ts';
import { createHealth } from '../../../runtime/health.ts';
import { createLetterTeller } from '../../../runtime/letter-teller.ts';
import { createLog } from '../../../runtime/log.ts';
import { topics } from '../../../schemas/topics.ts';

const key = Buffer.from('anna@example.org');

function letterOf(code: ErrorCode, offset: number, reason = 'movie 42') {
  const { name: topic } = topics.movieAdded;
  const place = { topic, partition: 1, offset, timestampMs: 42 };
  const record = { ...place, key, value: Buffer.from('Anna'), headers: [] };
  return deadLetter(record, { code, reason, process: 'audience' });
}

function open() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const log = createLog({ level: 'info', name: 'test', destination: { write } });
  const health = createHealth(log);
  let endMinute: () => void = () => undefined;
  const minute = new Promise<void>((resolve) => {
    endMinute = resolve;
  });
  const sleep = () => minute;
  const teller = createLetterTeller({ log, health, clock: { nowMs: () => 0, sleep } });
  const minuteOver = async () => {
    endMinute();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { lines, health, teller, minuteOver };
}

test('a letter is a line with its place and sentence, and a count; others are nothing', () => {
  const { lines, health, teller } = open();
  teller.tell([letterOf('MOVIE_UNKNOWN', 7), { topic: topics.movies.name }]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    code: 'MOVIE_UNKNOWN',
    topic: topics.movieAdded.name,
    partition: 1,
    offset: 7,
    process: 'audience',
    msg: expect.stringContaining('Publish it, then redrive'),
  });
  expect(JSON.stringify(lines)).not.toMatch(/anna/i);
  const { name: topic } = topics.movieAdded;
  const labels = { code: 'MOVIE_UNKNOWN', process: 'audience', topic };
  expect(health.counted()).toEqual([{ name: 'dead_letters', labels, value: 1 }]);
});

test('what a vendor or an error said is not in the line', () => {
  const { lines, teller } = open();
  teller.tell([letterOf('DELIVERY_GAVE_UP', 1, 'no such user anna@example.org')]);
  expect(JSON.stringify(lines)).not.toContain('anna@example.org');
});

test('a flood of codes in turn is ten lines of each, then one with their number', async () => {
  const { lines, health, teller, minuteOver } = open();
  const flood = 10_000;
  const codes = ['MOVIE_UNKNOWN', 'NOT_AVRO'] as const;
  for (let n = 0; n < flood; n += 1) teller.tell(codes.map((code) => letterOf(code, n)));
  expect(lines).toHaveLength(20);
  await minuteOver();
  const held = lines.slice(20).map(({ code, heldBack }) => ({ code, heldBack }));
  expect(held).toEqual(codes.map((code) => ({ code, heldBack: flood - 10 })));
  expect(health.counted().map(({ value }) => value)).toEqual([flood, flood]);
});
