import type { Database } from '../../runtime/postgres.ts';
import type { Channel, DeliveryKind, EventType } from '../../schemas/generated/records.ts';
import type { BoundedReads } from './bounded-reads.ts';

/** What is counted by the minute: what came in, what was written, and what became of it. */
export type Counted =
  | 'event'
  | 'notification'
  | 'delivered'
  | 'rejected'
  | 'unknown'
  | 'deadLettered'
  | 'suppressed';

/** How many there were in a minute; the channel is null where none was reached, and of events. */
export type MinuteCount = {
  readonly minuteMs: number;
  readonly what: Counted;
  readonly channel: Channel | null;
  readonly count: number;
};

/** A fan-out, and what it wrote so far. Whether it is under way the flow says (flow.ts). */
export type FanOutLine = {
  readonly eventType: EventType;
  readonly eventId: string;
  readonly written: number;
  readonly channels: readonly Channel[];
  readonly firstWrittenAtMs: number;
  readonly lastWrittenAtMs: number;
};

/** The newest answer of a channel's vendor that was no delivery. */
export type VendorTrouble = {
  readonly channel: Channel;
  readonly kind: DeliveryKind;
  readonly code: string | null;
  readonly reason: string | null;
  readonly happenedAtMs: number;
  /** Since when there was nothing else; null when a message was delivered after it. */
  readonly sinceMs: number | null;
};

/** Dead letters that were not sent back, of the newest ones. */
export type OpenLetters = {
  readonly counts: readonly { readonly code: string | null; readonly count: number }[];
  /** There are older letters, which are not counted. */
  readonly more: boolean;
};

/** Numbers for a dashboard; each costs some milliseconds, however much history there is. */
export type Numbers = {
  /** The last hour, oldest first; minutes in which nothing happened are left out. */
  lastHour(nowMs: number): Promise<readonly MinuteCount[]>;
  /** Fan-outs that wrote within the last hour, the newest 20 first. */
  fanOuts(nowMs: number): Promise<readonly FanOutLine[]>;
  /** One for each channel that had trouble within the last day. */
  vendorTroubles(nowMs: number): Promise<readonly VendorTrouble[]>;
  openLetters(): Promise<OpenLetters>;
};

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const maxFanOuts = 20;
/** A fan-out has a row for each lane and partition that it wrote to: a dozen. */
const maxFanOutRows = 2000;
const maxCountedLetters = 10_000;

async function readLastHour(database: Database, nowMs: number): Promise<MinuteCount[]> {
  type Row = Omit<MinuteCount, 'minuteMs'> & { readonly minute: Date };
  const rows = await database.query<Row>`
    select minute, what, nullif(channel, '') as channel, sum(count)::bigint as count
    from minute_counts where minute > ${new Date(nowMs - hourMs)} and minute <= ${new Date(nowMs)}
    group by minute, what, channel order by minute, what, channel`;
  return rows.map(({ minute, ...row }) => ({ ...row, minuteMs: minute.getTime() }));
}

async function readFanOuts(database: Database, nowMs: number): Promise<FanOutLine[]> {
  type Row = Omit<FanOutLine, 'firstWrittenAtMs' | 'lastWrittenAtMs'> & {
    readonly first: Date;
    readonly last: Date;
  };
  const rows = await database.query<Row>`
    with newest as (
      select event_type, event_id from fan_out_counts
      where last_written_at > ${new Date(nowMs - hourMs)}
      order by last_written_at desc limit ${maxFanOutRows}
    )
    select event_type as "eventType", event_id as "eventId", sum(written)::bigint as written,
      array_agg(distinct channel) as channels, min(first_written_at) as first,
      max(last_written_at) as last
    from fan_out_counts join (select distinct * from newest) chosen using (event_type, event_id)
    group by event_type, event_id order by last desc, event_id limit ${maxFanOuts}`;
  return rows.map(({ first, last, ...row }) => ({
    ...row,
    firstWrittenAtMs: first.getTime(),
    lastWrittenAtMs: last.getTime(),
  }));
}

async function readTroubles(database: Database, nowMs: number): Promise<VendorTrouble[]> {
  type Row = Omit<VendorTrouble, 'happenedAtMs' | 'sinceMs'> & {
    readonly happenedAt: Date;
    readonly since: Date | null;
  };
  // The minute of the last delivery is as exact as it is counted.
  const rows = await database.query<Row>`
    select channels.channel, newest.kind, newest.code, newest.reason,
      newest.happened_at as "happenedAt", first.since
    from unnest(array['email', 'sms', 'messenger']) as channels(channel)
    cross join lateral (
      select kind, code, reason, happened_at from delivery_events
      where channel = channels.channel and happened_at > ${new Date(nowMs - dayMs)}
        and kind in ('rejected', 'throttled', 'unavailable', 'unknown', 'misconfigured')
      order by happened_at desc limit 1
    ) newest
    cross join lateral (
      select coalesce(max(minute), '-infinity') as delivered from minute_counts
      where what = 'delivered' and channel = channels.channel
    ) last
    cross join lateral (
      select min(happened_at) as since from delivery_events
      where channel = channels.channel and happened_at > ${new Date(nowMs - dayMs)}
        and happened_at >= last.delivered + interval '1 minute'
        and kind in ('rejected', 'throttled', 'unavailable', 'unknown', 'misconfigured')
    ) first`;
  return rows.map(({ happenedAt, since, ...row }) => ({
    ...row,
    happenedAtMs: happenedAt.getTime(),
    sinceMs: since?.getTime() ?? null,
  }));
}

async function readLetters(database: Database): Promise<OpenLetters> {
  type Row = { readonly code: string | null; readonly open: number; readonly seen: number };
  const rows = await database.query<Row>`
    select code, count(*) filter (where redriven_at is null) as open, count(*) as seen from (
      select code, redriven_at from dead_letter_states
      order by written_at desc, generation desc, record_offset desc, partition desc
      limit ${maxCountedLetters}
    ) newest group by code order by open desc, code`;
  const counts = rows
    .filter(({ open }) => open > 0)
    .map(({ code, open }) => ({ code, count: open }));
  const seen = rows.reduce((sum, row) => sum + row.seen, 0);
  return { counts, more: seen === maxCountedLetters };
}

/** Numbers from PostgreSQL. Reads always end in time, however long the database takes. */
export function openNumbers(reads: BoundedReads): Numbers {
  return {
    lastHour: (nowMs) => reads.read((database) => readLastHour(database, nowMs)),
    fanOuts: (nowMs) => reads.read((database) => readFanOuts(database, nowMs)),
    vendorTroubles: (nowMs) => reads.read((database) => readTroubles(database, nowMs)),
    openLetters: () => reads.read(readLetters),
  };
}
