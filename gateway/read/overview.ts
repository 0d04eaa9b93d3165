import type { Database } from '../../runtime/postgres.ts';
import type { Channel } from '../../schemas/generated/records.ts';
import type { BoundedReads } from './bounded-reads.ts';
import {
  type FanOutLine,
  type MinuteCount,
  type OpenLetters,
  openNumbers,
  type VendorTrouble,
} from './numbers.ts';
import { settledStates } from './request-progress.ts';

/** What a minute saw. Its time is its beginning. */
export type Minute = {
  readonly atMs: number;
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
  readonly setAside: number;
};

/** A request as a line among others, and how far it is. */
export type RequestLine = {
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

/** The last hour, as the history knows it. */
export type Overview = {
  /** One for each minute of the last hour, oldest first. */
  minutes(nowMs: number): Promise<readonly Minute[]>;
  /** The newest requests, newest first. */
  requests(limit: number): Promise<readonly RequestLine[]>;
  /** What events led to, that wrote to many within the last hour, newest first. */
  fanOuts(nowMs: number): Promise<readonly FanOutLine[]>;
  /** Of the channels that had some within a day. */
  vendorTroubles(nowMs: number): Promise<readonly VendorTrouble[]>;
  openLetters(): Promise<OpenLetters>;
};

const minuteMs = 60_000;
const shownMinutes = 60;

/** Where a count goes in a minute; null: nowhere. Pure. */
function placeOf({ what, channel }: MinuteCount): Exclude<keyof Minute, 'atMs'> | null {
  switch (what) {
    case 'event':
      return 'events';
    case 'notification':
      return channel;
    case 'delivered':
      return 'accepted';
    case 'deadLettered':
      return 'setAside';
    case 'rejected':
    case 'unknown':
    case 'suppressed':
      return what;
  }
}

function minuteOf(atMs: number, counts: readonly MinuteCount[]): Minute {
  const sums = {
    events: 0,
    email: 0,
    sms: 0,
    messenger: 0,
    accepted: 0,
    suppressed: 0,
    rejected: 0,
    unknown: 0,
    setAside: 0,
  };
  for (const each of counts) {
    const place = placeOf(each);
    if (place !== null) sums[place] += each.count;
  }
  return { atMs, ...sums };
}

/** Every minute of the last hour, whether something happened in it or not. Pure. */
export function minutesFrom(counts: readonly MinuteCount[], nowMs: number): readonly Minute[] {
  const last = Math.floor(nowMs / minuteMs);
  const byMinute = Map.groupBy(counts, (each) => each.minuteMs);
  return Array.from({ length: shownMinutes }, (_, index) => {
    const atMs = (last - shownMinutes + 1 + index) * minuteMs;
    return minuteOf(atMs, byMinute.get(atMs) ?? []);
  });
}

type RequestRow = Omit<RequestLine, 'requestedAtMs'> & { readonly requestedAt: Date };

/** Each is counted through its index; few are shown, so few are counted. */
async function readRequests(database: Database, limit: number) {
  const rows = await database.query<RequestRow>`
    select request_id as "requestId", channel, template_id as "templateId", audience,
      cardinality(user_ids) as people, requested_by as "requestedBy",
      requested_at as "requestedAt", planned, settled
    from (select * from requests order by requested_at desc limit ${limit}) newest
    cross join lateral (
      select count(*) as planned, count(*) filter (where state = any(${settledStates})) as settled
      from notification_states states where states.request_id = newest.request_id) progress
    order by requested_at desc`;
  return rows.map(({ requestedAt, ...row }) => ({
    ...row,
    requestedAtMs: requestedAt.getTime(),
  }));
}

/** The last hour. Reads always end in time, however long the database takes. */
export function openOverview(reads: BoundedReads): Overview {
  const numbers = openNumbers(reads);
  return {
    minutes: async (nowMs) => minutesFrom(await numbers.lastHour(nowMs), nowMs),
    requests: (limit) => reads.read((database) => readRequests(database, limit)),
    fanOuts: numbers.fanOuts,
    vendorTroubles: numbers.vendorTroubles,
    openLetters: numbers.openLetters,
  };
}
