import type { Database } from '../../runtime/postgres.ts';
import type { Channel, DeliveryKind } from '../../schemas/generated/records.ts';
import type { BoundedReads } from './bounded-reads.ts';

/** What a minute saw. Its time is its beginning. */
export type Minute = {
  readonly atMs: number;
  /** Events that led to something. */
  readonly events: number;
  /** Texts that were rendered, by channel. */
  readonly email: number;
  readonly sms: number;
  readonly messenger: number;
  readonly accepted: number;
  readonly suppressed: number;
  readonly rejected: number;
  /** Those that may have gone out, nobody can say. */
  readonly unknown: number;
};

/** A request, and how far it is. */
export type RequestProgress = {
  readonly requestId: string;
  readonly channel: Channel;
  readonly templateId: string;
  readonly audience: string | null;
  readonly people: number;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly planned: number;
  /** Those that nothing more will happen to. */
  readonly settled: number;
};

/** How a channel's vendor answers. */
export type VendorState = {
  readonly channel: Channel;
  /** `away`: since its last good answer, there were only others. */
  readonly kind: 'well' | 'silent' | 'away';
  /** The first answer of those others. */
  readonly sinceMs: number | null;
  readonly reason: string | null;
};

/** The last hour, as the history knows it. */
export type Overview = {
  /** One for each minute from the first to the last, oldest first. */
  minutes(range: { readonly fromMs: number; readonly toMs: number }): Promise<readonly Minute[]>;
  /** The newest requests, newest first. */
  requests(limit: number): Promise<readonly RequestProgress[]>;
  vendors(sinceMs: number): Promise<readonly VendorState[]>;
};

const minuteMs = 60_000;
const channels = ['email', 'sms', 'messenger'] as const satisfies readonly Channel[];

type CountRow = {
  readonly minute: Date;
  readonly what: 'events' | Channel | DeliveryKind | 'suppressed';
  readonly count: number;
};

/** All three tables are only added to, so their index by time costs next to nothing (BRIN). */
const readCounts = (database: Database, from: Date, to: Date) => database.query<CountRow>`
  with planned as (
    select event_id, date_trunc('minute', occurred_at) as minute, channel, true as rendered
      from notifications where occurred_at >= ${from} and occurred_at < ${to}
    union all
    select event_id, date_trunc('minute', occurred_at), channel, false
      from decisions where occurred_at >= ${from} and occurred_at < ${to})
  select minute, 'events' as what, count(distinct event_id) from planned group by minute
  union all
  select minute, channel, count(*) from planned where rendered group by minute, channel
  union all
  select minute, 'suppressed', count(*) from planned where not rendered group by minute
  union all
  select date_trunc('minute', happened_at), kind, count(*) from delivery_events
    where happened_at >= ${from} and happened_at < ${to}
      and kind in ('accepted', 'rejected', 'unknown')
    group by 1, 2`;

const emptyMinute = (atMs: number): Minute => ({
  atMs,
  events: 0,
  email: 0,
  sms: 0,
  messenger: 0,
  accepted: 0,
  suppressed: 0,
  rejected: 0,
  unknown: 0,
});

/** Every minute of the range, whether something happened in it or not. Pure. */
export function minutesFrom(
  rows: readonly CountRow[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly Minute[] {
  const first = Math.floor(fromMs / minuteMs) * minuteMs;
  const length = Math.max(0, Math.ceil((toMs - first) / minuteMs));
  const byMinute = Map.groupBy(rows, ({ minute }) => minute.getTime());
  return Array.from({ length }, (_, index) => {
    const atMs = first + index * minuteMs;
    const counts = (byMinute.get(atMs) ?? []).map(({ what, count }) => [what, count]);
    return { ...emptyMinute(atMs), ...Object.fromEntries(counts) };
  });
}

type RequestRow = Omit<RequestProgress, 'requestedAtMs'> & { readonly requestedAt: Date };

/** Each is counted through its index; few are shown, so few are counted. */
async function readRequests(database: Database, limit: number) {
  const rows = await database.query<RequestRow>`
    select request_id as "requestId", channel, template_id as "templateId", audience,
      cardinality(user_ids) as people, requested_by as "requestedBy",
      requested_at as "requestedAt", planned, settled
    from (select * from requests order by requested_at desc limit ${limit}) newest
    cross join lateral (
      select count(*) as planned, count(*) filter (where state in
        ('delivered', 'rejected', 'suppressed', 'unknown', 'deadLettered')) as settled
      from notification_states states where states.request_id = newest.request_id) progress
    order by requested_at desc`;
  return rows.map(({ requestedAt, ...row }) => ({
    ...row,
    requestedAtMs: requestedAt.getTime(),
  }));
}

type VendorRow = {
  readonly channel: Channel;
  readonly since: Date | null;
  readonly reason: string | null;
};

/** An answer of the vendor to a message is a good one, whatever it says; a closed door is not. */
async function readVendors(database: Database, since: Date): Promise<readonly VendorState[]> {
  const rows = await database.query<VendorRow>`
    with recent as (
      select channel, kind, reason, happened_at from delivery_events
      where happened_at >= ${since} and kind <> 'started'),
    good as (
      select channel, max(happened_at) as last from recent
      where kind in ('accepted', 'rejected', 'unknown', 'deadLettered') group by channel)
    select channel, min(happened_at) filter (where closed) as since,
      (array_agg(reason order by happened_at desc) filter (where closed))[1] as reason
    from (
      select recent.channel, reason, happened_at,
        kind in ('unavailable', 'misconfigured')
          and (good.last is null or happened_at > good.last) as closed
      from recent left join good using (channel)) judged
    group by channel`;
  const known = new Map(rows.map((row) => [row.channel, row]));
  return channels.map((channel) => {
    const row = known.get(channel);
    if (!row) return { channel, kind: 'silent', sinceMs: null, reason: null };
    const { since: closedSince, reason } = row;
    if (!closedSince) return { channel, kind: 'well', sinceMs: null, reason: null };
    return { channel, kind: 'away', sinceMs: closedSince.getTime(), reason };
  });
}

/** The last hour. Reads always end in time, however long the database takes. */
export function openOverview(reads: BoundedReads): Overview {
  return {
    minutes: (range) =>
      reads.read(async (database) => {
        const { fromMs, toMs } = range;
        const rows = await readCounts(database, new Date(fromMs), new Date(toMs));
        return minutesFrom(rows, range);
      }),
    requests: (limit) => reads.read((database) => readRequests(database, limit)),
    vendors: (sinceMs) => reads.read((database) => readVendors(database, new Date(sinceMs))),
  };
}
