import { expect, test } from 'vitest';
import type { DeadLetters, LetterLine, LetterQuery } from '../../../gateway/read/dead-letters.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import { authorization, buildGateway, nowMs } from './built-gateway.ts';

const time = '2026-03-01T09:30:00.000Z';
const letter: LetterLine = {
  partition: 0,
  generation: 2,
  offset: 77,
  writtenAtMs: nowMs,
  code: 'NOT_AVRO',
  reason: 'The bytes are no Avro in Confluent wire format.',
  process: 'notify',
  topic: 'users',
  sourcePartition: 3,
  sourceOffset: 12,
  sourceTimestampMs: nowMs,
  key: 'anna',
  leftOutBytes: 0,
  redrivenAtMs: null,
};

function remembering() {
  const asked: LetterQuery[] = [];
  const deadLetters: Pick<DeadLetters, 'list'> = {
    async list(query) {
      asked.push(query);
      const counts = [
        { code: 'NOT_AVRO', count: 2 },
        { code: null, count: 1 },
      ];
      return { counts, letters: [letter], next: letter };
    },
  };
  return { deadLetters, asked };
}

async function get(query = '', { deadLetters } = remembering()) {
  const { app } = await buildGateway({ deadLetters });
  const url = `/api/v1/dead-letters${query}`;
  return app.inject({ method: 'GET', url, headers: { authorization } });
}

test('letters with their counts, and the cursor of the next page', async () => {
  const response = await get();
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    total: 3,
    counts: [
      { code: 'NOT_AVRO', count: 2 },
      { code: null, count: 1 },
    ],
    dead_letters: [
      {
        code: 'NOT_AVRO',
        reason: letter.reason,
        process: 'notify',
        topic: 'users',
        partition: 3,
        offset: 12,
        timestamp: time,
        key: 'anna',
        left_out_bytes: 0,
        written_at: time,
        letter: { partition: 0, offset: 77 },
        redriven_at: null,
      },
    ],
    next_after: `${nowMs}-2-77-0`,
  });
});

test('a time that no date can hold is null', async () => {
  const far = { ...letter, sourceTimestampMs: 999_999_999_999_999 };
  const deadLetters: Pick<DeadLetters, 'list'> = {
    list: async () => ({ counts: [], letters: [far], next: null }),
  };
  const response = await get('', { deadLetters, asked: [] });
  expect(response.json().dead_letters[0].timestamp).toBeNull();
  expect(response.json().next_after).toBeNull();
});

test('filters and cursor are passed on', async () => {
  const parts = remembering();
  const query =
    `?code=NOT_AVRO&topic=users&process=notify&key=anna&since=${time}&until=${time}` +
    `&redriven=false&limit=7&after=${nowMs}-2-77-0`;
  expect((await get(query, parts)).statusCode).toBe(200);
  expect((await get('', parts)).statusCode).toBe(200);
  const none = { code: null, topic: null, process: null, key: null, sinceMs: null, untilMs: null };
  expect(parts.asked).toEqual([
    {
      code: 'NOT_AVRO',
      topic: 'users',
      process: 'notify',
      key: 'anna',
      sinceMs: nowMs,
      untilMs: nowMs,
      redriven: false,
      limit: 7,
      after: { writtenAtMs: nowMs, generation: 2, offset: 77, partition: 0 },
    },
    { ...none, redriven: null, limit: 50, after: null },
  ]);
});

test.each([
  ['code', '?code=NOT_A_CODE'],
  ['topic', '?topic=nowhere'],
  ['since', '?since=yesterday'],
  ['until', '?until=2026-02-31T00:00:00Z'],
  ['redriven', '?redriven=maybe'],
  ['limit', '?limit=501'],
  ['after', '?after=1'],
  ['colour', '?colour=red'],
])('%s is refused with its name', async (field, query) => {
  const response = await get(query);
  expect(response.statusCode).toBe(400);
  expect(response.json().errors).toMatchObject([{ field }]);
});

test('without a key nothing is told', async () => {
  const { app } = await buildGateway();
  const response = await app.inject({ method: 'GET', url: '/api/v1/dead-letters' });
  expect(response.statusCode).toBe(401);
});

test('while PostgreSQL is away it says so', async () => {
  const deadLetters: Pick<DeadLetters, 'list'> = {
    list: async () => {
      throw new VestnikError('DATABASE_UNAVAILABLE', 'no answer');
    },
  };
  const response = await get('', { deadLetters, asked: [] });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBeDefined();
});
