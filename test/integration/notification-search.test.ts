import { v5 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import {
  type NotificationPage,
  type NotificationQuery,
  type NotificationSearch,
  openNotificationSearch,
} from '../../gateway/read/notification-search.ts';
import { openNotificationStories } from '../../gateway/read/notification-story.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import type { Database } from '../../runtime/postgres.ts';
import { sql } from '../../runtime/sql.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });
/** Enough that the planner takes an index wherever there is one. */
const many = 200_000;
const startMs = Date.parse('2026-01-01T00:00:00Z');

let history: HistoryDatabase;
let search: NotificationSearch;

const everything: NotificationQuery = {
  userId: null,
  templateId: null,
  eventId: null,
  eventType: null,
  requestId: null,
  channel: null,
  state: null,
  sinceMs: null,
  untilMs: null,
  limit: 50,
  after: null,
};

/**
 * One notification a second, for 1,000 people; each 100th was declined, each 1,000th rejected, each
 * 50,000th waits. One event is a fan-out to 500, one request is to 300.
 */
async function fill({ database }: HistoryDatabase): Promise<void> {
  await database.query`
    insert into notification_progress (notification_id, request_id, user_id, channel, template_id,
      occurred_at, event_type, rendered, decision, kind, happened_at)
    select md5(n::text)::uuid, case when n <= 300 then 'r-1' end, 'user-' || n % 1000,
      case when n % 5 = 0 then 'sms' else 'email' end, 't-' || n % 20,
      ${new Date(startMs)}::timestamptz + case when n <= 300 then '1s' else n * '1s'::interval end,
      case when n % 3 = 0 then 'movieAdded' else 'episodeReleased' end, n % 100 <> 0,
      case when n % 100 = 0 then 'optedOutChannel' end,
      case when n % 100 = 0 then null when n % 50000 = 1 then 'throttled'
        when n % 1000 = 1 then 'rejected' else 'accepted' end,
      ${new Date(startMs)}::timestamptz + n * '1s'::interval
    from generate_series(1, ${many}::int) n`;
  await database.query`
    insert into notifications (notification_id, event_id, event_type, request_id, user_id, channel,
      template_id, template_version, locale, address, recipient_name, body, source_topic,
      source_partition, source_offset, user_offset, occurred_at, written_at)
    select notification_id, case when place <= 500 then 'e-1' else 'e-' || notification_id end,
      event_type, request_id, user_id, channel, template_id, 1, 'ru', 'a@example.com', 'Анна',
      'Текст', 'movie-added', 0, 7, 9, occurred_at, occurred_at
    from (select *, row_number() over (order by occurred_at desc) as place
      from notification_progress where decision is null) progress`;
  await database.query`
    insert into decisions (notification_id, event_id, event_type, request_id, user_id, channel,
      template_id, reason, source_topic, source_partition, source_offset, occurred_at)
    select notification_id, 'e-2', event_type, request_id, user_id, channel, template_id, decision,
      'movie-added', 0, 7, occurred_at
    from notification_progress where decision is not null`;
  // Of many fan-outs, so that the planner would not read all of them.
  await database.query`
    insert into fan_out_counts select 'movieAdded', 'f-' || n, 'email-notifications-bulk', 0,
      'email', 't-1', 1, now(), now(), 1, now(), 'movie-added', 0, n
    from generate_series(1, 10000) n`;
  await database.script('analyze');
}

beforeAll(async () => {
  history = await createHistoryDatabase('notification_search_test', log);
  await migrate({ ...historySchema(), database: history.database, log });
  await fill(history);
  search = openNotificationSearch(boundReads({ database: history.database, clock: systemClock }));
});

afterAll(() => history?.close());

const list = (asked: Partial<NotificationQuery>) => search.list({ ...everything, ...asked });

/** All that is found, page by page. */
async function whole(asked: Partial<NotificationQuery>) {
  const found: NotificationPage['notifications'][number][] = [];
  let pages = 0;
  let after: NotificationPage['next'] = null;
  do {
    const page: NotificationPage = await list({ ...asked, after });
    found.push(...page.notifications);
    after = page.next;
    pages += 1;
  } while (after !== null);
  return { found, pages };
}

test('without a filter the newest come first', async () => {
  const { notifications, next } = await list({ limit: 3 });
  expect(notifications.map(({ occurredAtMs }) => (occurredAtMs - startMs) / 1000)).toEqual([
    many,
    many - 1,
    many - 2,
  ]);
  expect(next).toEqual({
    occurredAtMs: notifications[2]?.occurredAtMs,
    notificationId: notifications[2]?.notificationId,
  });
});

test.each<[string, Partial<NotificationQuery>, number]>([
  ['a person', { userId: 'user-7' }, many / 1000],
  ['a person and a state', { userId: 'user-1', state: 'rejected' }, many / 1000 - 4],
  ['an event that was a fan-out', { eventId: 'e-1' }, 500],
  ['an event whose people were declined', { eventId: 'e-2', limit: 500 }, many / 100 - 3],
  ['the event of a request, which is the request', { eventId: 'r-1' }, 300],
  ['a request', { requestId: 'r-1' }, 300],
  ['a request and a channel', { requestId: 'r-1', channel: 'sms' }, 60],
  ['what was rejected', { state: 'rejected' }, many / 1000 - 4],
  ['what waits', { state: 'waiting' }, 4],
  ['what was declined', { state: 'suppressed', limit: 500 }, many / 100],
  ['a template, in a time', { templateId: 't-3', sinceMs: startMs + (many - 999) * 1000 }, 50],
  ['a time', { sinceMs: startMs + 1000_000, untilMs: startMs + 1099_000 }, 100],
  ['nothing', { userId: 'nobody' }, 0],
])('by %s: all of them, each once', async (_, asked, count) => {
  const { found } = await whole(asked);
  expect(new Set(found.map(({ notificationId }) => notificationId)).size).toBe(found.length);
  expect(found.length).toBe(count);
  const { userId, state, templateId, channel } = asked;
  for (const each of found) {
    expect(each).toMatchObject({
      ...(userId && { userId }),
      ...(state && { state }),
      ...(templateId && { templateId }),
      ...(channel && { channel }),
    });
  }
});

test('pages go on exactly behind one another, in the order of time', async () => {
  const paged = await whole({ templateId: 't-3', state: 'suppressed' });
  expect(paged.found).toEqual([]);
  const asked = { templateId: 't-5', channel: 'sms', limit: 500 } as const;
  const { found } = await whole(asked);
  expect(found.length).toBe(many / 20);
  const times = found.map(({ occurredAtMs }) => occurredAtMs);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('a search that finds nothing ends a page in time and goes on from there', async () => {
  const page = await list({ channel: 'messenger' });
  expect(page.notifications).toEqual([]);
  expect(page.next?.occurredAtMs).toBe(startMs + (many - 20_000 + 1) * 1000);
  expect((await whole({ channel: 'messenger' })).pages).toBe(many / 20_000 + 1);
});

type PlanLine = { readonly 'QUERY PLAN': string };

/** A database that answers with the plans of what it is asked, and keeps them. */
function explaining(database: Database) {
  const plans: string[] = [];
  const explained: Database = {
    ...database,
    async query(text, ...parts) {
      const lines = await database.query<PlanLine>`explain ${sql(text, ...parts)}`;
      plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
      return [];
    },
  };
  return { explained, plans };
}

describe('every search reads an index and not the table, in its order', () => {
  test.each<[string, Partial<NotificationQuery>, string]>([
    ['nothing', {}, 'notification_progress_by_time'],
    ['a person', { userId: 'user-7' }, 'notification_progress_by_user'],
    ['an event', { eventId: 'e-1' }, 'notifications_by_event'],
    ['a request', { requestId: 'r-1' }, 'notification_progress_by_request'],
    ['a template', { templateId: 't-3' }, 'notification_progress_by_template'],
    ['rejected', { state: 'rejected' }, 'notification_progress_by_trouble'],
    ['waiting', { state: 'waiting' }, 'notification_progress_by_trouble'],
    ['suppressed', { state: 'suppressed' }, 'notification_progress_by_decision'],
    ['a channel', { channel: 'sms' }, 'notification_progress_by_time'],
    ['a kind of event', { eventType: 'movieAdded' }, 'notification_progress_by_time'],
    ['delivered', { state: 'delivered' }, 'notification_progress_by_time'],
    ['all', { userId: 'u', templateId: 't', state: 'rejected' }, 'notification_progress_by_user'],
  ])('%s', async (_, asked, index) => {
    const { explained, plans } = explaining(history.database);
    const after = { occurredAtMs: startMs + 1e8, notificationId: v5('x', v5.URL) };
    const reads = boundReads({ database: explained, clock: systemClock });
    await openNotificationSearch(reads).list({ ...everything, ...asked, after });
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      expect(plan).toContain(index);
      expect(plan).not.toContain('Seq Scan');
    }
  });
});

describe('the story', () => {
  const stories = () =>
    openNotificationStories({
      reads: boundReads({ database: history.database, clock: systemClock }),
      laneText: async () => ({ kind: 'notKept' }),
    });

  test('of one that was sent: the event, the rows, the text, the attempts in order', async () => {
    const [one] = (await list({ limit: 1, userId: 'user-7' })).notifications;
    const id = String(one?.notificationId);
    await history.database.query`
      insert into delivery_events select 0, 0, n, ${id}::uuid, null, 'user-7', 'email',
        case n when 2 then 'started' else 'accepted' end, 1, case n when 3 then 'id-9' end, null,
        null, null, 'email-notifications', 0, 0, ${new Date(startMs)}::timestamptz
      from unnest(array[3, 2]) n`;
    const story = await stories().storyOf(id);
    expect(story).toMatchObject({
      notificationId: id,
      userId: 'user-7',
      state: 'delivered',
      event: {
        eventType: one?.eventType,
        source: { topic: 'movie-added', partition: 0, offset: 7 },
      },
      joined: { user: { topic: 'users', offset: 9 }, preference: null },
      text: { address: 'a@example.com', recipientName: 'Анна', body: 'Текст' },
      decision: null,
    });
    expect(story?.attempts.map(({ kind }) => kind)).toEqual(['started', 'accepted']);
    expect(story?.attempts[1]?.providerId).toBe('id-9');
  });

  test('of one that was declined: the rule', async () => {
    const [one] = (await list({ limit: 1, state: 'suppressed' })).notifications;
    expect(await stories().storyOf(String(one?.notificationId))).toMatchObject({
      state: 'suppressed',
      event: { eventId: 'e-2' },
      text: null,
      joined: null,
      decision: { reason: 'optedOutChannel', detail: null },
      attempts: [],
    });
  });

  test('of nobody is null', async () => {
    expect(await stories().storyOf(v5('nobody', v5.URL))).toBeNull();
  });
});
