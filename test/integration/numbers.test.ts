import { afterAll, beforeAll, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import type { Projection } from '../../connectors/postgres/projections.ts';
import { projections } from '../../connectors/postgres/projections.ts';
import { writeRows } from '../../connectors/postgres/write-rows.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import { type Numbers, openNumbers } from '../../gateway/read/numbers.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import type { DeliveryKind } from '../../schemas/generated/records.ts';
import { type Topic, topics, type ValueOf } from '../../schemas/topics.ts';
import {
  decision,
  deliveryEvent,
  notification,
  seenEvent,
} from '../unit/connectors/postgres/records.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });
const minuteMs = 60_000;
/** The middle of a minute, so that a second more or less is in the same one. */
const nowMs = Math.floor(Date.now() / minuteMs) * minuteMs + minuteMs / 2;

let history: HistoryDatabase;
let numbers: Numbers;
const offsets = new Map<string, number>();

/** Projects values of a topic as records that were written so long ago. */
async function project<T extends Topic>(
  topic: T,
  values: readonly ValueOf<T>[],
  { agoMs = 0, partition = 0 } = {},
): Promise<void> {
  const { database } = history;
  const found = projections.find((each) => each.topic === topic) as Projection;
  const place = `${topic.name}-${partition}`;
  const fromOffset = offsets.get(place) ?? 0;
  const toOffset = fromOffset + values.length;
  offsets.set(place, toOffset);
  await database.query`
    insert into projected_offsets (topic, partition, next_offset)
    values (${topic.name}, ${partition}, 0) on conflict do nothing`;
  const rows = values.flatMap((value, index) => {
    const timestampMs = nowMs - agoMs;
    const at = { partition, generation: 0, offset: fromOffset + index, timestampMs };
    const mapped = found.map(value, at);
    return mapped.ok ? [mapped.row] : [];
  });
  expect(rows.length).toBe(values.length);
  const move = { topic: topic.name, partition, generation: 0, fromOffset, toOffset };
  expect(await writeRows(database, move, { kind: found.kind, rows })).toBe(true);
}

const answered = (userId: string, kind: DeliveryKind, happenedAt: number) =>
  deliveryEvent({ userId, kind, happenedAt, code: kind === 'accepted' ? null : '550' });

beforeAll(async () => {
  history = await createHistoryDatabase('numbers_test', log);
  await migrate({ ...historySchema(), database: history.database, log });
  numbers = openNumbers(boundReads({ database: history.database, clock: systemClock }));
  const release = {
    eventId: 'e-1',
    movieId: 'm-1',
    episodeId: 'x',
    season: 1,
    episode: 1,
    episodeTitle: 'x',
    releasedAt: nowMs,
  };
  await project(topics.episodeReleased, [release]);
  const fanned = (userId: string) =>
    notification({ userId, requestId: null, eventId: 'e-1', eventType: 'episodeReleased' });
  await project(topics.emailNotificationsBulk, [fanned('a'), fanned('b')], { agoMs: minuteMs });
  await project(topics.emailNotificationsBulk, [fanned('c')], { partition: 1 });
  // Again, as after a redrive: no new notification, so it is not counted.
  await project(topics.emailNotificationsBulk, [fanned('c')], { partition: 1 });
  await project(topics.emailNotifications, [notification({ userId: 'd' })]);
  await project(topics.emailNotifications, [notification({ userId: 'old' })], {
    agoMs: 2 * 24 * 60 * minuteMs,
  });
  await project(topics.notificationDecisions, [decision({ userId: 'e', channel: null })]);
  await project(topics.deliveryEvents, [
    answered('a', 'started', nowMs - 5 * minuteMs),
    answered('a', 'rejected', nowMs - 5 * minuteMs),
    answered('b', 'accepted', nowMs - 3 * minuteMs),
    answered('c', 'throttled', nowMs - minuteMs),
    answered('c', 'unavailable', nowMs),
  ]);
});

afterAll(() => history?.close());

test('the last hour by the minute: what came, what was written, what became of it', async () => {
  const thisMinute = nowMs - minuteMs / 2;
  const counts = await numbers.lastHour(nowMs);
  expect(counts).toEqual([
    { minuteMs: thisMinute - 5 * minuteMs, what: 'rejected', channel: 'email', count: 1 },
    { minuteMs: thisMinute - 3 * minuteMs, what: 'delivered', channel: 'email', count: 1 },
    { minuteMs: thisMinute - minuteMs, what: 'notification', channel: 'email', count: 2 },
    { minuteMs: thisMinute, what: 'event', channel: null, count: 1 },
    { minuteMs: thisMinute, what: 'notification', channel: 'email', count: 2 },
    { minuteMs: thisMinute, what: 'suppressed', channel: null, count: 1 },
  ]);
  expect(await numbers.lastHour(nowMs + 2 * 60 * minuteMs)).toEqual([]);
});

test('a fan-out is one line, whatever partitions it wrote to', async () => {
  expect(await numbers.fanOuts(nowMs)).toEqual([
    {
      eventType: 'episodeReleased',
      eventId: 'e-1',
      written: 3,
      channels: ['email'],
      firstWrittenAtMs: nowMs - minuteMs,
      lastWrittenAtMs: nowMs,
    },
  ]);
  expect(await numbers.fanOuts(nowMs + 2 * 60 * minuteMs)).toEqual([]);
});

test('of a fan-out the newest command in each partition is known', async () => {
  const at = (partition: number, offset: number) => seenEvent('r-1', { partition, offset });
  await project(topics.seenEvents, [at(0, 4), at(1, 4), at(0, 9)]);
  await project(topics.seenEvents, [at(1, 7)]);
  const known = await history.database.query`
    select event_type, event_id, partition, command_offset from fan_out_commands order by 3`;
  const event = { event_type: 'notificationRequested', event_id: 'r-1' };
  expect(known).toEqual([
    { ...event, partition: 0, command_offset: 9 },
    { ...event, partition: 1, command_offset: 7 },
  ]);
});

test('a vendor in trouble is named with its newest answer, and since when', async () => {
  expect(await numbers.vendorTroubles(nowMs)).toEqual([
    {
      channel: 'email',
      kind: 'unavailable',
      code: '550',
      reason: null,
      happenedAtMs: nowMs,
      sinceMs: nowMs - minuteMs,
    },
  ]);
});

test('and once it took a message, it is in trouble no more', async () => {
  await project(topics.deliveryEvents, [answered('c', 'accepted', nowMs)]);
  expect(await numbers.vendorTroubles(nowMs)).toMatchObject([
    { kind: 'unavailable', happenedAtMs: nowMs, sinceMs: null },
  ]);
});

test('letters are counted by code until they are sent back', async () => {
  await history.database.query`
    insert into dead_letters select 0, 0, n, case when n < 4 then 'NOT_AVRO' end, 'x', 'notify',
      'users', 0, n, 1, 'k', 0, now() from generate_series(1, 5) n`;
  await history.database.query`insert into redrives values ('users', 0, 1, 1, now())`;
  expect(await numbers.openLetters()).toEqual({
    counts: [
      { code: 'NOT_AVRO', count: 2 },
      { code: null, count: 2 },
    ],
    more: false,
  });
});
