import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRedrives, type ToldRedrive } from '../../../gateway/redrives/redrives.ts';
import type { GatewayRecord, Published } from '../../../gateway/write/publisher.ts';
import { letterOf } from '../../../redrive/letter.ts';
import type { RedriveRequest } from '../../../redrive/redrive.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import type { AuditEntry } from '../../../schemas/generated/records.ts';
import { authorization, buildGateway, nowMs, silentLog } from './built-gateway.ts';

const letter = letterOf({
  topic: 'dead-letters',
  partition: 0,
  offset: 3,
  timestampMs: nowMs,
  key: null,
  value: null,
  headers: [],
});

/** A redrive that goes as far as the test says. */
async function built(published: Published['kind'] = 'acknowledged') {
  const asked: RedriveRequest[] = [];
  const audited: AuditEntry[] = [];
  let work = Promise.withResolvers<void>();
  let told: ToldRedrive | null = null;
  let counter = 0;
  const redrives = createRedrives({
    async run(request, telling, signal) {
      asked.push(request);
      told = telling;
      signal.addEventListener('abort', () => work.reject(signal.reason));
      await work.promise;
    },
    async publish(records: readonly GatewayRecord[]) {
      audited.push(...records.map(({ value }) => value as AuditEntry));
      return { kind: published };
    },
    clock: { ...systemClock, nowMs: () => nowMs },
    newId: () => `id-${(counter += 1)}`,
    log: silentLog,
  });
  const { app } = await buildGateway({ redrives });
  const post = (body: object) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/redrives',
      headers: { authorization },
      payload: body,
    });
  const get = async (path = '') => {
    const url = `/api/v1/redrives${path}`;
    return (await app.inject({ url, headers: { authorization } })).json();
  };
  return {
    asked,
    audited,
    redrives,
    post,
    get,
    tell: () => told as ToldRedrive | null,
    async end(error?: unknown) {
      if (error === undefined) work.resolve();
      else work.reject(error);
      await setImmediate();
      work = Promise.withResolvers();
    },
  };
}

test('is begun as asked, goes on behind the answer, is told of by its id', async () => {
  const run = await built();
  const filter = { code: 'MOVIE_UNKNOWN', process: 'audience', since: '2026-03-01T00:00:00Z' };
  const answer = await run.post({ ...filter, letter: { partition: 0, offset: 3 }, rate: 7 });
  expect([answer.statusCode, answer.json().state]).toEqual([202, 'running']);
  expect(run.asked).toEqual([
    {
      code: 'MOVIE_UNKNOWN',
      process: 'audience',
      topic: null,
      key: null,
      place: { partition: 0, offset: 3 },
      sinceMs: Date.parse('2026-03-01T00:00:00Z'),
      untilMs: null,
      dryRun: false,
      ratePerSecond: 7,
    },
  ]);
  run.tell()?.began(12);
  run.tell()?.decided(letter, 'sent');
  run.tell()?.decided(letter, 'already');
  run.tell()?.progress(1);
  await run.end();
  const told = { state: 'done', offsets: 12, sent: 1, counts: { sent: 1, already: 1 } };
  const path = answer.headers.location?.replace('/api/v1/redrives', '');
  expect(await run.get(path)).toMatchObject(told);
  expect((await run.get()).redrives).toMatchObject([told]);
});

test('one at a time: the second is told to wait, and may come after the first', async () => {
  const run = await built();
  const both = await Promise.all([run.post({ dry_run: true }), run.post({ dry_run: true })]);
  expect(both.map(({ statusCode }) => statusCode)).toEqual([202, 409]);
  await run.end();
  expect((await run.post({ dry_run: true })).statusCode).toBe(202);
});

test('what sends is audited before and after, what only looks is not', async () => {
  const run = await built();
  await run.post({ dry_run: true });
  await run.end();
  expect(run.audited).toEqual([]);
  await run.post({ key: 'anna@example.com' });
  await run.end();
  expect(run.audited.map(({ action, actorName }) => [action, actorName])).toEqual([
    ['redrive.begun', 'admins'],
    ['redrive.ended', 'admins'],
  ]);
  expect(JSON.stringify(run.audited)).not.toContain('anna');
});

test('without an audit entry nothing is begun', async () => {
  const run = await built('unknown');
  const answer = await run.post({});
  expect([answer.statusCode, run.asked]).toEqual([503, []]);
  expect(answer.headers['retry-after']).toBeDefined();
});

test('one that another took the place of, and one that failed, say so', async () => {
  const run = await built();
  await run.post({});
  await run.end(new VestnikError('PRODUCER_FENCED', 'by another'));
  await run.post({});
  await run.end(new VestnikError('KAFKA_UNAVAILABLE', 'no broker answers'));
  const { redrives } = await run.get();
  expect(redrives.map(({ state }: { state: string }) => state)).toEqual(['failed', 'fenced']);
  expect(redrives[0].reason).toContain('no broker answers');
});

test('a stop ends the one that runs', async () => {
  const run = await built();
  await run.post({});
  await run.redrives.stop();
  expect((await run.get()).redrives[0].state).toBe('failed');
});

test.each([
  { since: '2026-03-02T00:00:00Z', until: '2026-03-01T00:00:00Z' },
  { code: 'NO_SUCH_CODE' },
  { topic: 'no-such-topic' },
  { letter: { partition: -1, offset: 0 } },
  { rate: 0 },
  { filter: 'all' },
])('refuses %o', async (body) => {
  const run = await built();
  expect([(await run.post(body)).statusCode, run.asked]).toEqual([400, []]);
});

test('an id that this process does not know is 404, and says where to look', async () => {
  const run = await built();
  expect(await run.get('/none')).toMatchObject({ status: 404 });
});
