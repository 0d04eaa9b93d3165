import type { Database } from '../../runtime/postgres.ts';
import type { Channel, Template } from '../../schemas/generated/records.ts';
import type { BoundedReads } from './bounded-reads.ts';
import type { FanOutCommand, FanOutEnds, FanOutState } from './fan-out-ends.ts';

/** What a notification can be in, in the order of its life. */
export const notificationStates = [
  'rendered',
  'sending',
  'waiting',
  'delivered',
  'rejected',
  'suppressed',
  'unknown',
  'deadLettered',
] as const;

export type NotificationState = (typeof notificationStates)[number];

type NotificationLine = {
  readonly notificationId: string;
  readonly userId: string;
  /** Null when the person was declined before a channel was reached. */
  readonly channel: Channel | null;
  readonly state: NotificationState;
  readonly reason: string | null;
  readonly attempts: number;
  readonly changedAtMs: number;
};

export type StateCounts = Readonly<Record<NotificationState, number>>;

/** The texts of an announcement, and the language of those whose own has none. */
export type Announced = Pick<Template, 'locale' | 'texts'>;

/** A request, and what became of it so far. */
export type RequestHistory = {
  readonly requestId: string;
  readonly channel: Channel;
  readonly templateId: string;
  readonly movieId: string | null;
  readonly userIds: readonly string[];
  readonly audience: string | null;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  /** What was said, of an announcement: as its channel is written, with the names in it. */
  readonly announced: Announced | null;
  /** How far its audience was gone through; null: it is for listed people. */
  readonly fanOut: FanOutState | null;
  readonly counts: StateCounts;
  /** The same by channel; null: the person was declined before one was reached. */
  readonly channels: readonly { readonly channel: Channel | null; readonly counts: StateCounts }[];
  /** When anything of it changed last; null as long as nothing has come of it. */
  readonly changedAtMs: number | null;
  /** One page, in the order of the ids. */
  readonly notifications: readonly NotificationLine[];
  /** The cursor of the next page; null when there is none. */
  readonly nextAfter: string | null;
};

/** `after` is the cursor that the page before ended with; null for the first. */
export type Page = { readonly limit: number; readonly after: string | null };

/** The history of requests, as PostgreSQL has it. */
export type History = {
  /** Null when there is no such request; DATABASE_UNAVAILABLE when PostgreSQL does not answer. */
  requestOf(requestId: string, page: Page): Promise<RequestHistory | null>;
};

type RequestRow = Omit<
  RequestHistory,
  'requestedAtMs' | 'fanOut' | 'counts' | 'channels' | 'changedAtMs' | 'notifications' | 'nextAfter'
> & {
  readonly requestedAt: Date;
};
type LineRow = Omit<NotificationLine, 'changedAtMs'> & { readonly changedAt: Date };
type CountRow = {
  readonly channel: Channel | null;
  readonly state: NotificationState;
  readonly count: number;
  readonly changedAt: Date;
};

async function readRequest(database: Database, requestId: string): Promise<RequestRow | null> {
  const [row] = await database.query<RequestRow>`
    select request_id as "requestId", channel, template_id as "templateId",
      movie_id as "movieId", user_ids as "userIds", audience,
      requested_by as "requestedBy", requested_at as "requestedAt", announced
    from requests where request_id = ${requestId}`;
  return row ?? null;
}

function countsOf(rows: readonly CountRow[]): StateCounts {
  const counts = notificationStates.map((state) => {
    const same = rows.filter((row) => row.state === state);
    return [state, same.reduce((sum, { count }) => sum + count, 0)] as const;
  });
  return Object.fromEntries(counts) as StateCounts;
}

async function readCounts(database: Database, requestId: string) {
  const rows = await database.query<CountRow>`
    select channel, state, count(*), max(changed_at) as "changedAt" from notification_states
    where request_id = ${requestId} group by channel, state order by channel`;
  const byChannel = [...Map.groupBy(rows, ({ channel }) => channel)];
  const times = rows.map(({ changedAt }) => changedAt.getTime());
  return {
    counts: countsOf(rows),
    channels: byChannel.map(([channel, same]) => ({ channel, counts: countsOf(same) })),
    changedAtMs: times.length === 0 ? null : Math.max(...times),
  };
}

/** One row more than the page tells whether there is a next one. */
async function readPage(database: Database, requestId: string, { limit, after }: Page) {
  const rows = await database.query<LineRow>`
    select notification_id as "notificationId", user_id as "userId", channel, state, reason,
      attempts, changed_at as "changedAt"
    from notification_states
    where request_id = ${requestId} and (${after}::uuid is null or notification_id > ${after}::uuid)
    order by notification_id limit ${limit + 1}`;
  const notifications = rows.slice(0, limit).map(({ changedAt, ...line }) => ({
    ...line,
    changedAtMs: changedAt.getTime(),
  }));
  const last = notifications.at(-1)?.notificationId ?? null;
  return { notifications, nextAfter: rows.length > limit ? last : null };
}

/** The commands of its fan-out, as far as they were begun. */
function readCommands(database: Database, requestId: string) {
  return database.query<FanOutCommand>`
    select partition, command_offset as "offset" from fan_out_commands
    where event_type = 'notificationRequested' and event_id = ${requestId}`;
}

/** The history of requests. Reads always end in time, however long the database takes. */
export function openHistory({
  reads,
  fanOuts,
}: {
  readonly reads: BoundedReads;
  readonly fanOuts: FanOutEnds;
}): History {
  async function fanOutOf({ requestId, audience }: RequestRow): Promise<FanOutState | null> {
    if (audience === null) return null;
    const commands = await reads.read((database) => readCommands(database, requestId));
    return fanOuts.stateOf(requestId, commands);
  }

  return {
    async requestOf(requestId, page) {
      const request = await reads.read((database) => readRequest(database, requestId));
      if (!request) return null;
      // First: what is counted afterwards is complete where the fan-out was over before.
      const fanOut = await fanOutOf(request);
      const [counts, lines] = await reads.read((database) =>
        Promise.all([readCounts(database, requestId), readPage(database, requestId, page)]),
      );
      const { requestedAt, ...rest } = request;
      return { ...rest, requestedAtMs: requestedAt.getTime(), fanOut, ...counts, ...lines };
    },
  };
}
