import { v5 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import type { LanePlace, LaneText, LaneTexts } from '../../gateway/read/lane-texts.ts';
import {
  type NotificationCursor,
  openNotificationSearch,
} from '../../gateway/read/notification-search.ts';
import { openNotificationStories } from '../../gateway/read/notification-story.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import { notification } from '../unit/connectors/postgres/records.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });
const at = new Date('2026-01-01T00:00:00Z');
const eventId = 'e-fan-out';
const idOf = (n: number) => v5(`fan-out-${n}`, v5.URL);
const sent = (n: number) => ({
  ...notification({ userId: `user-${n}` }),
  notificationId: idOf(n),
});

let history: HistoryDatabase;
const reads = () => boundReads({ database: history.database, clock: systemClock });

beforeAll(async () => {
  history = await createHistoryDatabase('fan_out_texts_test', log);
  const { database } = history;
  await migrate({ ...historySchema(), database, log });
  await database.query`
    insert into notification_progress (notification_id, user_id, channel, template_id,
      occurred_at, event_type, rendered, event_id, lane_partition, lane_offset, written_at)
    select id, 'user-' || n, 'email', 't-3', ${at}, 'episodeReleased', true, ${eventId}, 2, n, now()
    from unnest(${[1, 2, 3].map(idOf)}::uuid[]) with ordinality as fanned_out (id, n)`;
  await database.query`
    insert into fan_out_counts values ('episodeReleased', ${eventId}, 'email-notifications-bulk',
      2, 'email', 't-3', 3, now(), now(), 5, ${at}, 'episode-released', 1, 11)`;
});

afterAll(() => history?.close());

test('what a fan-out wrote is found by its event, and pages go on', async () => {
  const everything = { userId: null, templateId: null, eventType: null, requestId: null };
  const rest = { channel: null, state: null, sinceMs: null, untilMs: null, limit: 2 };
  const pageBehind = (after: NotificationCursor | null) =>
    openNotificationSearch(reads()).list({ ...everything, ...rest, eventId, after });
  const first = await pageBehind(null);
  const second = await pageBehind(first.next);
  const found = [...first.notifications, ...second.notifications];
  expect(found.map(({ userId }) => userId).toSorted()).toEqual(['user-1', 'user-2', 'user-3']);
  expect(second.next).toBeNull();
});

const told = (laneText: LaneTexts) =>
  openNotificationStories({ reads: reads(), laneText }).storyOf(idOf(2));

test('its text comes from the lane, by its place there', async () => {
  const asked: LanePlace[] = [];
  const story = await told(async (place) => {
    asked.push(place);
    return { kind: 'found', notification: sent(2) };
  });
  expect(asked).toEqual([{ channel: 'email', partition: 2, offset: 2 }]);
  expect(story).toMatchObject({
    templateVersion: 5,
    event: { eventId, source: { topic: 'episode-released', partition: 1, offset: 11 } },
    joined: { user: { topic: 'users', offset: sent(2).userOffset } },
    text: { body: sent(2).body },
    textMissing: null,
  });
});

test.each<[string, LaneText, string]>([
  ['it is not kept any more', { kind: 'notKept' }, 'notKept'],
  ['it is not to be reached', { kind: 'notReachable' }, 'notReachable'],
  ['another lies there', { kind: 'found', notification: sent(3) }, 'notKept'],
])('where %s the story says so, and tells the rest', async (_, found, textMissing) => {
  expect(await told(async () => found)).toMatchObject({
    templateVersion: 5,
    event: { eventId },
    joined: null,
    text: null,
    textMissing,
  });
});
