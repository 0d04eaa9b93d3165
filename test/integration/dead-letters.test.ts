import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHistory } from '../../connectors/postgres/start.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import {
  type DeadLetters,
  type LetterQuery,
  openDeadLetters,
} from '../../gateway/read/dead-letters.ts';
import { systemClock } from '../../runtime/clock.ts';
import { deadLetter } from '../../runtime/dead-letter.ts';
import type { ErrorCode } from '../../runtime/errors.ts';
import type { OutgoingRecord } from '../../runtime/kafka/record.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { topics } from '../../schemas/topics.ts';
import { written } from '../scenarios/scenario.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';
import { openSystem, type System, until } from './support/system.ts';

const mark = 'listed-letters';
const at = Date.parse('2026-01-15T12:00:00.000Z');

let system: System;
let history: HistoryDatabase;
let running: Running;
let deadLetters: DeadLetters;

function letter(offset: number, code: ErrorCode, process: string): OutgoingRecord {
  const place = { topic: topics.users.name, partition: 1, offset, timestampMs: at + offset };
  const key = Buffer.from(`${mark}-${offset}`);
  const record = { ...place, key, value: Buffer.from('v'), headers: [] };
  return deadLetter(record, { code, reason: 'the field', process });
}

/** Others write letters to the shared topic, too; those of this file have its mark. */
const mine = { process: mark };
const none = { code: null, topic: null, key: null, sinceMs: null, untilMs: null, redriven: null };
const list = (query: Partial<LetterQuery>) =>
  deadLetters.list({ ...none, ...mine, limit: 100, after: null, ...query });
const keysOf = async (query: Partial<LetterQuery>) =>
  (await list(query)).letters.map(({ key }) => key?.replace(`${mark}-`, ''));

beforeAll(async () => {
  system = await openSystem('dead-letters');
  history = await createHistoryDatabase('dead_letters_test', system.log);
  const config = { ...system.config, appId: 'dead-letters', databaseUrl: history.url };
  running = await startHistory({ config, log: system.log });
  running.failed.catch(() => undefined);
  await until('the history is ready', () => running.ready());
  deadLetters = openDeadLetters(boundReads({ database: history.database, clock: systemClock }));
  const codes: readonly ErrorCode[] = ['NOT_AVRO', 'NOT_AVRO', 'MOVIE_UNKNOWN', 'KEY_NOT_ID'];
  // One by one: letters of one batch have one timestamp.
  for (const [offset, code] of codes.entries()) {
    await system.producer.send([letter(offset, code, mark)]);
  }
  const wild = ['code', 'partition', 'offset', 'timestamp-ms'].map(
    (name) => [`dead-letter.${name}`, Buffer.from('999999999999999')] as const,
  );
  const process = ['dead-letter.process', Buffer.from(mark)] as const;
  const malformed = { key: null, value: null, headers: [...wild, process] };
  await system.producer.send([{ topic: topics.deadLetters.name, ...malformed }]);
  const original = { topic: topics.users.name, partition: 1, offset: 2 };
  const sent = { original, originalAt: at + 2, letter: { ...original }, code: 'MOVIE_UNKNOWN' };
  await system.write([
    written(topics.redrives, 'users/1/2', { ...sent, partition: 1, redrivenAt: at }),
  ]);
  await until('all are there', async () => {
    const { letters } = await list({});
    return letters.length === 5 && letters.some(({ redrivenAtMs }) => redrivenAtMs !== null);
  });
});

afterAll(async () => {
  await running?.stop();
  await history?.close();
  await system?.close();
});

test('newest first, each with its place, its reason and whether it was sent back', async () => {
  const { letters, counts, next } = await list({});
  expect(letters.map(({ key }) => key)).toEqual([
    null,
    ...[3, 2, 1, 0].map((offset) => `${mark}-${offset}`),
  ]);
  expect(letters[2]).toMatchObject({
    code: 'MOVIE_UNKNOWN',
    process: mark,
    topic: 'users',
    sourcePartition: 1,
    sourceOffset: 2,
    sourceTimestampMs: at + 2,
    redrivenAtMs: at,
  });
  expect(letters[2]?.reason).toMatch(/^The movie of the event .*the field/);
  expect(letters.filter(({ redrivenAtMs }) => redrivenAtMs !== null)).toHaveLength(1);
  expect(next).toBeNull();
  expect(counts).toEqual([
    { code: 'NOT_AVRO', count: 2 },
    { code: '999999999999999', count: 1 },
    { code: 'KEY_NOT_ID', count: 1 },
    { code: 'MOVIE_UNKNOWN', count: 1 },
  ]);
});

test('each filter alone', async () => {
  expect(await keysOf({ code: 'NOT_AVRO' })).toEqual(['1', '0']);
  expect(await keysOf({ topic: 'users' })).toEqual(['3', '2', '1', '0']);
  expect(await keysOf({ topic: 'movies' })).toEqual([]);
  expect(await keysOf({ process: 'nobody' })).toEqual([]);
  expect(await keysOf({ key: `${mark}-1` })).toEqual(['1']);
  expect(await keysOf({ redriven: true })).toEqual(['2']);
  expect(await keysOf({ redriven: false, topic: 'users' })).toEqual(['3', '1', '0']);
  const [, newest, , oldest] = (await list({})).letters;
  const bounds = { sinceMs: oldest?.writtenAtMs ?? 0, untilMs: newest?.writtenAtMs ?? 0 };
  expect(await keysOf({ ...bounds, topic: 'users' })).toEqual(['3', '2', '1']);
});

test('pages follow each other until there is none; the counts are of all', async () => {
  const seen: (string | null)[] = [];
  const sizes: number[] = [];
  let after: LetterQuery['after'] = null;
  do {
    const page = await list({ limit: 2, after });
    expect(page.counts.reduce((sum, { count }) => sum + count, 0)).toBe(5);
    seen.push(...page.letters.map(({ key }) => key));
    sizes.push(page.letters.length);
    after = page.next;
  } while (after !== null);
  expect(sizes).toEqual([2, 2, 1]);
  expect(new Set(seen).size).toBe(5);
});
