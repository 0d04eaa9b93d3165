import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v5 } from 'uuid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import { openFanOutEnds } from '../../gateway/read/fan-out-ends.ts';
import { type History, openHistory } from '../../gateway/read/history.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { type Database, openDatabase } from '../../runtime/postgres.ts';

const migrations = join(import.meta.dirname, '..', '..', 'connectors', 'postgres', 'migrations');
const schema = 'gateway_history_test';
const log = createLog({ level: 'silent', name: 'test' });
const requestId = 'r-1';
const at = new Date('2026-03-01T09:30:00Z');

let database: Database;
let history: History;

/** A schema of its own, so that other tests of the same server do not meet it. */
function openSchema(name: string): Database {
  const url = new URL(inject('infra').databaseUrl);
  url.searchParams.set('search_path', name);
  return openDatabase({ url: url.href, log });
}

/** The lanes are empty, and two commands were worked off. */
const positions = {
  commands: [3, 8].map((offset) => ({ offset, metadata: '' })),
  ends: new Map(),
  projected: new Map(),
};
const historyOf = (of: Database): History =>
  openHistory({
    reads: boundReads({ database: of, clock: systemClock }),
    fanOuts: openFanOutEnds(async () => positions),
  });

/** Ids whose order is not that of the users. */
const notificationId = (userId: string) => v5(userId, v5.URL);

type Progress = {
  readonly rendered?: boolean;
  readonly decision?: string;
  readonly kind?: string;
  readonly attempt?: number;
  readonly reason?: string;
  readonly happenedAt?: Date;
};

/** A row of what the view looks at, as the writer of the history leaves it. */
function progress(userId: string, { rendered = true, ...row }: Progress = {}) {
  const { decision = null, kind = null, attempt = null, reason = null, happenedAt = null } = row;
  return database.query`
    insert into notification_progress (notification_id, request_id, user_id, channel, occurred_at,
      rendered, decision, kind, attempt, reason, happened_at)
    values (${notificationId(userId)}, ${requestId}, ${userId}, ${rendered ? 'email' : null}, ${at},
      ${rendered}, ${decision}, ${kind}, ${attempt}, ${reason}, ${happenedAt})`;
}

beforeAll(async () => {
  database = openSchema(schema);
  await database.script(`drop schema if exists ${schema} cascade; create schema ${schema}`);
  for (const file of readdirSync(migrations).toSorted()) {
    await database.script(readFileSync(join(migrations, file), 'utf8'));
  }
  await database.query`
    insert into requests values (${requestId}, 'email', '1', null, ${['u1', 'u2', 'u3', 'u4']},
      null, 'admins', ${at})`;
  const happenedAt = new Date(at.getTime() + 4);
  await progress('u1', { kind: 'accepted', attempt: 2, reason: 'queued', happenedAt });
  await progress('u2', { kind: 'started', attempt: 1, happenedAt });
  await progress('u3');
  await progress('u4', { rendered: false, decision: 'unknownUser' });
  history = historyOf(database);
});

afterAll(async () => {
  await database?.script(`drop schema if exists ${schema} cascade`);
  await database?.close();
});

const changed = (found: Awaited<ReturnType<History['requestOf']>>) =>
  found?.notifications.map(({ changedAtMs }) => changedAtMs) ?? [];
const whole = { limit: 100, after: null };

test('a request, its counts with all states, and the state of each notification', async () => {
  const found = await history.requestOf(requestId, whole);
  expect(found).toMatchObject({
    requestId,
    channel: 'email',
    movieId: null,
    userIds: ['u1', 'u2', 'u3', 'u4'],
    requestedBy: 'admins',
    announced: null,
    fanOut: null,
    requestedAtMs: at.getTime(),
    nextAfter: null,
  });
  expect(found?.counts).toEqual({
    rendered: 1,
    sending: 1,
    waiting: 0,
    delivered: 1,
    rejected: 0,
    suppressed: 1,
    unknown: 0,
    deadLettered: 0,
  });
  expect(found?.channels).toMatchObject([
    { channel: 'email', counts: { rendered: 1, sending: 1, delivered: 1, suppressed: 0 } },
    { channel: null, counts: { rendered: 0, sending: 0, delivered: 0, suppressed: 1 } },
  ]);
  expect(found?.changedAtMs).toBe(Math.max(...changed(found)));
  const lines = new Map(found?.notifications.map((line) => [line.userId, line]));
  expect(lines.get('u1')).toEqual({
    notificationId: notificationId('u1'),
    userId: 'u1',
    channel: 'email',
    state: 'delivered',
    reason: 'queued',
    attempts: 2,
    changedAtMs: at.getTime() + 4,
  });
  expect(lines.get('u3')).toMatchObject({ state: 'rendered', attempts: 0, reason: null });
  expect(lines.get('u4')).toMatchObject({
    state: 'suppressed',
    channel: null,
    reason: 'unknownUser',
  });
});

test('pages follow each other until there is none, and miss nobody', async () => {
  const seen: string[] = [];
  const sizes: number[] = [];
  let after: string | null = null;
  do {
    const page = await history.requestOf(requestId, { limit: 3, after });
    seen.push(...(page?.notifications ?? []).map((line) => line.userId));
    sizes.push(page?.notifications.length ?? 0);
    after = page?.nextAfter ?? null;
  } while (after !== null);
  expect(sizes).toEqual([3, 1]);
  expect(seen.toSorted()).toEqual(['u1', 'u2', 'u3', 'u4']);
});

test('a request to an audience has ended when its commands are done everywhere', async () => {
  await database.query`
    insert into requests values ('to-all', 'email', '1', null, '{}', 'all', 'admins', ${at})`;
  const fanOut = async () => (await history.requestOf('to-all', whole))?.fanOut;
  expect(await fanOut()).toEqual({ kind: 'unknown' });
  await database.query`
    insert into fan_out_commands values ('notificationRequested', 'to-all', 0, 2, 5)`;
  expect(await fanOut()).toEqual({ kind: 'underWay', share: 0.5 });
  await database.query`
    insert into fan_out_commands values ('notificationRequested', 'to-all', 1, 7, 5)`;
  expect(await fanOut()).toEqual({ kind: 'ended' });
});

test('an announcement comes with what it said', async () => {
  const announced = { locale: 'ru', texts: [{ locale: 'ru', subject: null, body: 'Завтра' }] };
  await database.query`
    insert into requests values ('said', 'sms', 'announcement:said', null, '{}', 'all', 'admins',
      ${at}, ${JSON.stringify(announced)}::text::jsonb)`;
  expect(await history.requestOf('said', whole)).toMatchObject({ announced });
});

test('a request that is not there is null', async () => {
  expect(await history.requestOf('r-404', whole)).toBeNull();
});

test('before the history has tables it is unavailable, not broken', async () => {
  const empty = openSchema('pg_temp');
  const reading = historyOf(empty).requestOf(requestId, whole);
  await expect(reading).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await empty.close();
});

test('tables of an older release are unavailable, not broken', async () => {
  await database.script('create table older (id int)');
  const reading = boundReads({ database, clock: systemClock }).read(
    (older) => older.query`select newer from older`,
  );
  await expect(reading).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});

test('no server at all: unavailable', async () => {
  const nowhere = openDatabase({ url: 'postgres://nobody:x@127.0.0.1:1/none', log });
  const reading = historyOf(nowhere).requestOf(requestId, whole);
  await expect(reading).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await nowhere.close();
});
