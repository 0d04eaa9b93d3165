import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { startHistory } from '../../connectors/postgres/start.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { migrate } from '../../runtime/migrate.ts';
import { orderMigrations } from '../../runtime/migrations.ts';
import type { DeliveryKind } from '../../schemas/generated/records.ts';
import { type Topic, topics } from '../../schemas/topics.ts';
import { raw, type Written, written } from '../scenarios/scenario.ts';
import {
  auditEntry,
  decision,
  deliveryEvent,
  idOf,
  notification,
  request,
} from '../unit/connectors/postgres/records.ts';
import { type RoleProcess, spawnRole } from './support/child-process.ts';
import {
  createHistoryDatabase,
  type HistoryDatabase,
  type HistoryTable,
  historyTables,
} from './support/history-database.ts';
import { openSystem, type System, until } from './support/system.ts';
import { openTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

/** Ten thousand notifications, each with an event. */
const people = 10_000;
const writeSize = 1000;

let system: System;
let history: HistoryDatabase;
let line: TcpProxy;
const running: Running[] = [];
let child: RoleProcess | undefined;

/** Starts the history in this process, behind the line that can be cut. */
async function start(appId = 'history'): Promise<Running> {
  const config = { ...system.config, appId, databaseUrl: line.url };
  const started = await startHistory({ config, log: system.log });
  started.failed.catch(() => undefined);
  running.push(started);
  return started;
}

async function startReady(): Promise<Running> {
  const started = await start();
  await until('the history is ready', () => started.ready());
  return started;
}

const lane = (userId: string, requestId: string) =>
  written(topics.emailNotifications, userId, notification({ userId, requestId }));

const event = (userId: string, requestId: string, kind: DeliveryKind = 'accepted') =>
  written(
    topics.deliveryEvents,
    idOf(requestId, userId),
    deliveryEvent({ userId, requestId, kind, reason: kind === 'rejected' ? 'no such box' : null }),
  );

async function write(records: readonly Written[]): Promise<void> {
  for (let at = 0; at < records.length; at += writeSize) {
    await system.write(records.slice(at, at + writeSize));
  }
}

const untilStates = (requestId: string, expected: Readonly<Record<string, number>>) =>
  until(`the states of ${requestId} are ${JSON.stringify(expected)}`, async () => {
    const found = await history.states(requestId);
    return Object.entries(expected).every(([state, count]) => found[state] === count);
  });

async function deadLettersOf(topic: Topic, word: string): Promise<KafkaRecord[]> {
  const records = await system.read(topics.deadLetters);
  const header = (record: KafkaRecord, name: string) =>
    record.headers.find(([each]) => each === name)?.[1]?.toString();
  return records.filter(
    (each) => header(each, 'dead-letter.topic') === topic.name && each.key?.toString() === word,
  );
}

/** Without the letters: who projects again also sets the same records aside again. */
async function dump(): Promise<Readonly<Record<string, readonly string[]>>> {
  const lasting = historyTables.filter((table) => table !== 'dead_letters');
  const linesOf = async (table: HistoryTable) =>
    (await history.lines(table)).filter((line) => !line.startsWith('(dead-letters,'));
  const entries = lasting.map(async (table) => [table, await linesOf(table)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

beforeAll(async () => {
  system = await openSystem('history');
  history = await createHistoryDatabase('history_test', system.log);
  line = await openTcpProxy(history.url);
});

afterEach(async () => {
  await child?.kill();
  child = undefined;
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

afterAll(async () => {
  await history?.close();
  await line?.close();
  await system?.close();
});

test('records of every kind become rows, and each planned notification has one state', async () => {
  const requestId = 'request-kinds';
  await startReady();
  await write([
    written(topics.notificationRequested, requestId, request({ requestId, userIds: ['a', 'b'] })),
    ...['waits', 'sends', 'is-there', 'bounced'].map((userId) => lane(userId, requestId)),
    written(topics.smsNotificationsBulk, 'bulk', notification({ requestId, userId: 'bulk' })),
    written(topics.notificationDecisions, 'no', decision({ requestId, userId: 'no' })),
    ...['entry-1', 'entry-1', 'entry-2'].map((entryId) =>
      written(topics.audit, entryId, auditEntry(entryId, requestId)),
    ),
    event('sends', requestId, 'started'),
    event('is-there', requestId, 'started'),
    event('is-there', requestId, 'accepted'),
    event('bounced', requestId, 'started'),
    event('bounced', requestId, 'rejected'),
  ]);
  const expected = { rendered: 2, sending: 1, delivered: 1, rejected: 1, suppressed: 1 };
  await untilStates(requestId, expected);
  expect(await history.states(requestId)).toEqual(expected);
  const rows = {
    ...Object.fromEntries(historyTables.map((table) => [table, 0])),
    requests: 1,
    notifications: 4,
    decisions: 1,
    delivery_events: 5,
    notification_progress: 6,
    audit_entries: 2,
    fan_out_counts: 1,
  };
  const countOf = async (table: HistoryTable) => (await history.lines(table, requestId)).length;
  const counts = async () =>
    Object.fromEntries(
      await Promise.all(historyTables.map(async (table) => [table, await countOf(table)])),
    );
  // A state can be there before the notification that it is about: topics are read side by side.
  await until('every row is there', async () => isDeepStrictEqual(await counts(), rows));
  expect(await counts()).toEqual(rows);
  const told = await history.database.query`
    select user_id, state, reason, attempts, template_id, channel from notification_states
    where request_id = ${requestId} and user_id in ('no', 'bounced') order by user_id`;
  const common = { template_id: 't-request-email', channel: 'email' };
  expect(told).toEqual([
    { ...common, user_id: 'bounced', state: 'rejected', reason: 'no such box', attempts: 1 },
    { ...common, user_id: 'no', state: 'suppressed', reason: 'optedOutChannel', attempts: 0 },
  ]);
});

test('an event may come before its notification: the outcome is the same', async () => {
  const requestId = 'request-order';
  await startReady();
  await write([event('early', requestId, 'started'), event('early', requestId, 'accepted')]);
  await untilStates(requestId, { delivered: 1 });
  await write([lane('early', requestId), lane('late', requestId)]);
  await untilStates(requestId, { delivered: 1, rendered: 1 });
  await write([event('late', requestId, 'started'), event('late', requestId, 'accepted')]);
  await untilStates(requestId, { delivered: 2 });
  const rows = await history.database.query`
    select template_id, occurred_at, changed_at, attempts from notification_states
    where request_id = ${requestId}`;
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual(rows[1]);
});

test('killed in the middle, again and again, every record is projected exactly once', async () => {
  const requestId = 'request-killed';
  const users = Array.from({ length: people }, (_, index) => `user-${index}`);
  await write(users.flatMap((userId) => [lane(userId, requestId), event(userId, requestId)]));
  const environment = { ...system.environment, DATABASE_URL: history.url };
  const projected = async () => (await history.states(requestId))['delivered'] ?? 0;
  let interrupted = 0;
  for (let kills = 0; kills < 3; kills += 1) {
    const before = await projected();
    child = spawnRole('connectors/main.ts', ['postgres'], environment);
    await until('more is projected', async () => (await projected()) > before || before === people);
    await child.kill();
    const rows = (await history.lines('notifications', requestId)).length;
    if (rows + (await history.lines('delivery_events', requestId)).length < 2 * people) {
      interrupted += 1;
    }
  }
  expect(interrupted, 'kills that fell between the first record and the last').toBeGreaterThan(0);
  await startReady();
  for (const table of ['notifications', 'delivery_events', 'notification_progress'] as const) {
    expect([table, (await history.lines(table, requestId)).length]).toEqual([table, people]);
  }
  expect(await history.states(requestId)).toEqual({ delivered: people });
});

test('two that both take themselves for the owner write every record once', async () => {
  const requestId = 'request-rivals';
  const users = Array.from({ length: people / 2 }, (_, index) => `user-${index}`);
  const rivals = [await start('history-a'), await start('history-b')];
  await write(users.flatMap((userId) => [lane(userId, requestId), event(userId, requestId)]));
  await untilStates(requestId, { delivered: users.length });
  await until('both are ready', () => rivals.every((each) => each.ready()));
  const notifications = async () => (await history.lines('notifications', requestId)).length;
  await until('every row is there', async () => (await notifications()) >= users.length);
  for (const table of ['notifications', 'delivery_events', 'notification_progress'] as const) {
    expect((await history.lines(table, requestId)).length).toBe(users.length);
  }
});

test('a record that makes no row goes to the dead letters, and the next one goes on', async () => {
  const requestId = 'request-poison';
  await startReady();
  const value = notification({ requestId, userId: 'sick' });
  await write([
    raw(topics.emailNotifications, 'sick', Buffer.from('no avro')),
    { topic: topics.emailNotifications, key: 'sick', value: null },
    written(topics.emailNotifications, 'sick', { ...value, notificationId: 'not-a-uuid' }),
    written(topics.emailNotifications, 'sick', { ...value, userId: 'u'.repeat(5000) }),
    written(topics.emailNotifications, 'sick', { ...value, body: 'zero \0 byte' }),
  ]);
  await untilStates(requestId, { rendered: 1 });
  expect(await history.lines('notifications', 'zero \uFFFD byte')).toHaveLength(1);
  const letters = await deadLettersOf(topics.emailNotifications, 'sick');
  const codes = letters.map(({ headers }) =>
    headers.find(([name]) => name === 'dead-letter.code')?.[1]?.toString(),
  );
  expect(codes).toEqual(['NOT_AVRO', 'VALUE_MISSING', 'RECORD_UNREADABLE', 'RECORD_UNREADABLE']);
});

test('a database that is away is waited for, and nothing is lost', async () => {
  const requestId = 'request-away';
  const users = Array.from({ length: writeSize }, (_, index) => `user-${index}`);
  await line.cut();
  const started = await start();
  await write(users.map((userId) => lane(userId, requestId)));
  expect(started.ready()).toBe(false);
  await line.mend();
  await untilStates(requestId, { rendered: users.length });
  await until('it is ready', () => started.ready());

  await line.cut();
  await write(users.map((userId) => event(userId, requestId)));
  await until('it says that it is not ready', () => !started.ready());
  await line.mend();
  await untilStates(requestId, { delivered: users.length });
  expect((await history.lines('delivery_events', requestId)).length).toBe(users.length);
});

test('dropped and started again, all is rebuilt as it was', async () => {
  const first = await startReady();
  await first.stop();
  const before = await dump();
  expect(before['notifications']?.length).toBeGreaterThan(people);
  await history.dropSchema();
  const second = await startReady();
  await second.stop();
  expect(await dump()).toEqual(before);

  await history.database.script('drop table projected_offsets, requests, delivery_events cascade');
  await startReady();
  expect(await dump()).toEqual(before);
});

test('a topic that was made anew is read from its beginning', async () => {
  const states = await history.states('request-killed');
  const { database } = history;
  await database.query`update projected_offsets set next_offset = next_offset + 1000000`;
  await startReady();
  expect(await history.states('request-killed')).toEqual(states);
  const [offsets] = await database.query<{ generations: number[] }>`
    select array_agg(distinct generation) as generations from projected_offsets`;
  expect(offsets?.generations).toEqual([1]);
});

test('a changed step, or one that this code does not know, stops it with a reason', async () => {
  const { log } = system;
  const { database } = history;
  await migrate({ ...historySchema(), database, log });
  const mismatch = { code: 'DATABASE_MISMATCH' };
  const changed = orderMigrations([{ name: '001_history.sql', content: 'select 1;' }]);
  await expect(
    migrate({ ...historySchema(), database, log, migrations: changed }),
  ).rejects.toMatchObject(mismatch);
  await database.query`insert into migrations (name, sha256) values ('002_newer.sql', 'x')`;
  const started = await start();
  await expect(started.failed).rejects.toMatchObject(mismatch);
  await history.dropSchema();
});
