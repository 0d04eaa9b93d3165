import type { Database } from '../../runtime/postgres.ts';
import { allOf, type Fragment, sql } from '../../runtime/sql.ts';
import type { Channel, EventType } from '../../schemas/generated/records.ts';
import type { BoundedReads } from './bounded-reads.ts';
import type { NotificationState } from './history.ts';

/** Which notifications are meant; null: all. Times are of the event, both included. */
export type NotificationFilter = {
  readonly userId: string | null;
  readonly templateId: string | null;
  readonly eventId: string | null;
  readonly eventType: EventType | null;
  readonly requestId: string | null;
  readonly channel: Channel | null;
  readonly state: NotificationState | null;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
};

/** Notifications are listed by this, newest first. */
export type NotificationCursor = {
  readonly occurredAtMs: number;
  readonly notificationId: string;
};

export type NotificationQuery = NotificationFilter & {
  readonly limit: number;
  readonly after: NotificationCursor | null;
};

/** A notification that was found. Null: it is not known, or not reached. */
export type FoundNotification = NotificationCursor & {
  readonly requestId: string | null;
  readonly userId: string;
  readonly channel: Channel | null;
  readonly templateId: string | null;
  readonly eventType: EventType | null;
  readonly state: NotificationState;
  readonly reason: string | null;
  readonly attempts: number;
  readonly changedAtMs: number;
};

/** A page of notifications. It may be short, or empty, and yet have a next one: see `next`. */
export type NotificationPage = {
  readonly notifications: readonly FoundNotification[];
  /**
   * Where to go on; null when all was looked at. A page looks at a bounded number of rows, so one
   * that finds little still ends in time.
   */
  readonly next: NotificationCursor | null;
};

/** The notifications of the history, to be searched. */
export type NotificationSearch = {
  /** DATABASE_UNAVAILABLE when PostgreSQL does not answer. */
  list(query: NotificationQuery): Promise<NotificationPage>;
};

/** Rows that a page looks at, in the order of an index: some tens of milliseconds. */
const maxLookedAt = 20_000;

/** All of them: the index on fan-outs begins with the kind of event. */
const fanOutTypes: readonly EventType[] = [
  'episodeReleased',
  'movieAdded',
  'commentReplied',
  'notificationRequested',
];

type Field = keyof NotificationFilter;

/** The index that is read: the fields of the filter that it serves, in the order that it has. */
type Walk = {
  readonly serves: readonly Field[];
  readonly condition: Fragment;
  readonly order: 'time' | 'id';
};

const troubles: readonly (string | null)[] = ['rejected', 'unknown', 'deadLettered', 'waiting'];

/** The most selective of the indexes that a search can use (migration 004). Pure. */
function walkOf({ userId, templateId, requestId, state }: NotificationFilter): Walk {
  const inTime = (condition: Fragment, ...serves: readonly Field[]): Walk => ({
    serves: [...serves, 'sinceMs', 'untilMs'],
    condition,
    order: 'time',
  });
  if (requestId !== null) {
    return { serves: ['requestId'], condition: sql`request_id = ${requestId}`, order: 'id' };
  }
  if (userId !== null) return inTime(sql`user_id = ${userId}`, 'userId');
  if (troubles.includes(state)) return inTime(sql`trouble = ${state}`, 'state');
  if (templateId !== null) return inTime(sql`template_id = ${templateId}`, 'templateId');
  if (state === 'suppressed') return inTime(sql`decision is not null`);
  return inTime(sql`true`);
}

function conditionsOf(filter: NotificationFilter): readonly (readonly [Field, Fragment])[] {
  const { userId, templateId, eventType, requestId, channel, state, sinceMs, untilMs } = filter;
  const all: Partial<Record<Field, Fragment>> = {
    ...(userId !== null && { userId: sql`user_id = ${userId}` }),
    ...(templateId !== null && { templateId: sql`template_id = ${templateId}` }),
    ...(eventType !== null && { eventType: sql`event_type = ${eventType}` }),
    ...(requestId !== null && { requestId: sql`request_id = ${requestId}` }),
    ...(channel !== null && { channel: sql`channel = ${channel}` }),
    ...(state !== null && { state: sql`state = ${state}` }),
    ...(sinceMs !== null && { sinceMs: sql`occurred_at >= ${new Date(sinceMs)}` }),
    ...(untilMs !== null && { untilMs: sql`occurred_at <= ${new Date(untilMs)}` }),
  };
  return Object.entries(all) as [Field, Fragment][];
}

const behindId = (after: NotificationCursor | null): Fragment =>
  after === null ? sql`true` : sql`notification_id < ${after.notificationId}::uuid`;

function behind(after: NotificationCursor | null, order: Walk['order']): Fragment {
  if (after === null || order === 'id') return behindId(after);
  const { occurredAtMs, notificationId } = after;
  return sql`(occurred_at, notification_id)
    < (${new Date(occurredAtMs)}, ${notificationId}::uuid)`;
}

const orderBy = (order: Walk['order']): Fragment =>
  order === 'id' ? sql`notification_id desc` : sql`occurred_at desc, notification_id desc`;

/**
 * What an event led to. Its id lies beside each notification of a direct lane and each decision; a
 * fan-out is found by the template and the time that all of it has, which an index orders by id.
 */
function ofEvent(eventId: string, after: NotificationCursor | null, maxRows: number): Fragment {
  const rest = sql`${behindId(after)} order by notification_id desc limit ${maxRows}`;
  return sql`
    select states.* from (
      (select notification_id from notifications
        where event_id = ${eventId} and request_id is null and ${rest})
      union
      (select notification_id from decisions
        where event_id = ${eventId} and request_id is null and ${rest})
      union
      (select fanned_out.notification_id from (
          select distinct template_id, occurred_at from fan_out_counts
          where event_id = ${eventId} and event_type = any(${fanOutTypes})
            and occurred_at is not null
        ) fan_out cross join lateral (
          select notification_id from notification_progress
          where template_id = fan_out.template_id and occurred_at = fan_out.occurred_at
            and event_id = ${eventId} and request_id is null and ${rest}
        ) fanned_out)
      union
      (select notification_id from notification_progress
        where request_id = ${eventId} and ${rest})
      order by notification_id desc limit ${maxRows}
    ) ids join notification_states states using (notification_id)
    order by notification_id desc`;
}

/** The rows that a page looks at, in an order that an index has, and what is left to be asked. */
type Look = {
  readonly rows: (maxRows: number) => Fragment;
  readonly rest: readonly Fragment[];
  readonly order: Walk['order'];
};

function lookOf(query: NotificationQuery): Look {
  const { eventId, after } = query;
  const conditions = conditionsOf(query);
  const without = (serves: readonly Field[]) =>
    conditions.flatMap(([field, each]) => (serves.includes(field) ? [] : [each]));
  if (eventId !== null) {
    const rows = (maxRows: number) => ofEvent(eventId, after, maxRows);
    return { rows, rest: without([]), order: 'id' };
  }
  const { serves, condition, order } = walkOf(query);
  const times = conditions.flatMap(([field, each]) =>
    serves.includes(field) && field.endsWith('Ms') ? [each] : [],
  );
  const where = allOf([condition, ...times, behind(after, order)]);
  const rows = (maxRows: number) => sql`
    select * from notification_states where ${where}
    order by ${orderBy(order)} limit ${maxRows}`;
  return { rows, rest: without(serves), order };
}

type Row = Omit<FoundNotification, 'occurredAtMs' | 'changedAtMs'> & {
  readonly occurredAt: Date;
  readonly changedAt: Date;
};

function readRows(database: Database, look: Look, limit: number) {
  const { rows, rest, order } = look;
  // Where nothing is left to be asked, every row that is looked at is one of the page.
  const maxRows = rest.length === 0 ? limit : maxLookedAt;
  return database.query<Row>`
    select notification_id as "notificationId", request_id as "requestId", user_id as "userId",
      channel, template_id as "templateId", event_type as "eventType", state, reason, attempts,
      occurred_at as "occurredAt", changed_at as "changedAt"
    from (${rows(maxRows)}) looked_at
    where ${allOf(rest)}
    order by ${orderBy(order)} limit ${limit}`;
}

/** The last row that was looked at; null when there are none behind it. */
async function readEnd(database: Database, { rows, rest, order }: Look) {
  if (rest.length === 0) return null;
  const [end] = await database.query<{ occurredAt: Date; notificationId: string }>`
    select occurred_at as "occurredAt", notification_id as "notificationId"
    from (${rows(maxLookedAt)}) looked_at
    order by ${orderBy(order)} offset ${maxLookedAt - 1} limit 1`;
  if (!end) return null;
  return { occurredAtMs: end.occurredAt.getTime(), notificationId: end.notificationId };
}

const lineOf = ({ occurredAt, changedAt, ...row }: Row): FoundNotification => ({
  ...row,
  occurredAtMs: occurredAt.getTime(),
  changedAtMs: changedAt.getTime(),
});

const cursorOf = ({ occurredAtMs, notificationId }: NotificationCursor): NotificationCursor => ({
  occurredAtMs,
  notificationId,
});

/** The search of notifications. Reads always end in time, however long the database takes. */
export function openNotificationSearch(reads: BoundedReads): NotificationSearch {
  return {
    list: (query) =>
      reads.read(async (database) => {
        const look = lookOf(query);
        const rows = await readRows(database, look, query.limit + 1);
        const notifications = rows.slice(0, query.limit).map(lineOf);
        const last = notifications.at(-1);
        const isFull = rows.length > query.limit && last !== undefined;
        return { notifications, next: isFull ? cursorOf(last) : await readEnd(database, look) };
      }),
  };
}
