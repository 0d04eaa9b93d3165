import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { type Projection, projections } from '../../connectors/postgres/projections.ts';
import { writeRows } from '../../connectors/postgres/write-rows.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import { openNotificationStories } from '../../gateway/read/notification-story.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import { type Topic, topics, type ValueOf } from '../../schemas/topics.ts';
import {
  decision,
  deliveryEvent,
  idOf,
  notification,
} from '../unit/connectors/postgres/records.ts';
import {
  createHistoryDatabase,
  type HistoryDatabase,
  historyTables,
} from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });
const erasedAt = Date.parse('2026-02-01T00:00:00Z');
/** What must not be found of somebody who was erased. */
const traces = ['anna@example.com', 'Каренина', 'Смотрите', 'Тема', 'secret'];

let history: HistoryDatabase;
const offsets = new Map<string, number>();

/** Projects values of a topic as its next records; false when somebody else was faster. */
async function project<T extends Topic>(topic: T, ...values: readonly ValueOf<T>[]) {
  const { database } = history;
  const { kind, map } = projections.find((each) => each.topic === topic) as Projection;
  const fromOffset = offsets.get(topic.name) ?? 0;
  const toOffset = fromOffset + values.length;
  offsets.set(topic.name, toOffset);
  await database.query`
    insert into projected_offsets (topic, partition, next_offset)
    values (${topic.name}, 0, 0) on conflict do nothing`;
  const rows = values.flatMap((value, index) => {
    const place = { partition: 0, generation: 0, offset: fromOffset + index };
    const mapped = map(value, { ...place, timestampMs: erasedAt });
    return mapped.ok ? [mapped.row] : [];
  });
  const move = { topic: topic.name, partition: 0, generation: 0, fromOffset, toOffset };
  return writeRows(database, move, { kind, rows });
}

const erase = (userId: string) => project(topics.erasures, { userId, erasedAt });

/** A notification, a decision and an answer, each with something to be found. */
async function projectAll(userId: string): Promise<void> {
  await project(topics.emailNotifications, notification({ userId }));
  const requestId = 'request-2';
  await project(topics.notificationDecisions, decision({ userId, requestId, detail: 'secret' }));
  await project(topics.deliveryEvents, deliveryEvent({ userId, reason: 'secret' }));
}

/** The traces in rows of people whose id begins so; a row is its values with commas between. */
async function found(userId: string): Promise<readonly string[]> {
  const lines = await Promise.all(historyTables.map((table) => history.lines(table, `,${userId}`)));
  return traces.filter((trace) => lines.flat().some((line) => line.includes(trace)));
}

beforeAll(async () => {
  history = await createHistoryDatabase('erase_people_test', log);
});

beforeEach(async () => {
  offsets.clear();
  await history.dropSchema();
  await migrate({ ...historySchema(), database: history.database, log });
});

afterAll(() => history?.close());

test('of somebody who was not erased all is found', async () => {
  await projectAll('anna');
  expect(await found('anna,')).toEqual(traces);
});

test('an erasure empties what is there of a person, and of nobody else', async () => {
  await projectAll('anna');
  await projectAll('john');
  await erase('anna');
  expect(await found('anna,')).toEqual([]);
  expect(await found('john,')).toEqual(traces);
  const [kept] = await history.lines('notifications', ',anna,');
  expect(kept).toContain('t-request-email');
  expect(await history.lines('erasures')).toHaveLength(1);
});

test('an erasure that comes first, as when all is rebuilt, comes to the same', async () => {
  await erase('anna');
  await projectAll('anna');
  expect(await found('anna,')).toEqual([]);
  expect(await history.lines('notifications', ',anna,')).toHaveLength(1);
  expect(await history.lines('decisions', ',anna,')).toHaveLength(1);
});

test('a second erasure, and one by somebody whose offset moved, do no harm', async () => {
  await projectAll('anna');
  await erase('anna');
  expect(await erase('anna')).toBe(true);
  offsets.set(topics.erasures.name, 0);
  expect(await erase('john')).toBe(false);
  expect(await history.lines('erasures', 'john')).toEqual([]);
});

/** As many of each as a race needs to be met, if there is one. */
const rounds = 60;

test('an erasure at the moment of writing misses nothing', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const userId = `racer-${round}`;
    await Promise.all([projectAll(userId), erase(userId)]);
  }
  expect(await found('racer-')).toEqual([]);
  expect(await history.lines('notifications', 'racer-')).toHaveLength(rounds);
});

test('the story of an erased person has no text and says why', async () => {
  await projectAll('anna');
  await erase('anna');
  const reads = boundReads({ database: history.database, clock: systemClock });
  const laneText = async () => ({ kind: 'notKept' }) as const;
  const stories = openNotificationStories({ reads, laneText });
  const story = await stories.storyOf(idOf('request-1', 'anna'));
  expect(story).toMatchObject({
    text: null,
    erasedAtMs: erasedAt,
    event: { eventId: 'request-1' },
    attempts: [{ kind: 'started', reason: null }],
  });
});

test('and so has one whose text still lies in its lane', async () => {
  const sent = notification({ userId: 'anna' });
  await project(topics.emailNotificationsBulk, sent);
  const reads = boundReads({ database: history.database, clock: systemClock });
  const laneText = async () => ({ kind: 'found', notification: sent }) as const;
  const stories = openNotificationStories({ reads, laneText });
  expect((await stories.storyOf(sent.notificationId))?.text?.body).toBe(sent.body);
  await erase('anna');
  expect(await stories.storyOf(sent.notificationId)).toMatchObject({
    text: null,
    textMissing: null,
    erasedAtMs: erasedAt,
  });
});
