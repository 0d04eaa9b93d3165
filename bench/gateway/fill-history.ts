import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { migrate } from '../../runtime/migrate.ts';
import { openDatabase } from '../../runtime/postgres.ts';
import type { Bench } from '../bench.ts';

/** Rows of one statement; each is a transaction. */
const rowsPerStep = 1_000_000;
/** A million rows and an index on ten are written in less on any machine. */
const answerTimeoutMs = 600_000;

/** Ids of what the pages are asked for. */
export const known = {
  userId: 'user-7',
  templateId: 'template-3',
  eventId: 'event-1',
  requestId: 'request-7',
} as const;

/**
 * A history that never happened: a notification every 40 ms for 100,000 people. The first million
 * are ten fan-outs; each 50th was declined, each 1,000th rejected, each 100,000th waits; 200,000
 * requests to five people each, of which the history has the last ones, and one to 100,000.
 */
const progressRows = (from: number, to: number) => `
  insert into notification_progress (notification_id, request_id, user_id, channel, template_id,
    occurred_at, event_type, rendered, decision, kind, attempt, happened_at, event_generation,
    event_offset, event_partition, event_id, lane_partition, lane_offset, written_at)
  select md5(n::text)::uuid,
    case when n > 9800000 then 'request-' || (n - 9800000) / 5
      when n between 5000000 and 5100000 then 'request-audience' end,
    'user-' || n % 100000, (array['email', 'email', 'sms', 'messenger'])[1 + n % 4],
    'template-' || n % 20,
    case when n <= 1000000 then now() - interval '5 days' + (n / 100000) * interval '1 minute'
      else now() - (10000000 - n) * interval '40 ms' end,
    (array['episodeReleased', 'movieAdded', 'notificationRequested'])[1 + n % 3], n % 50 <> 0,
    case when n % 50 = 0 then 'optedOutChannel' end,
    case when n % 50 = 0 then null when n % 100000 = 1 then 'throttled'
      when n % 1000 = 1 then 'rejected' else 'accepted' end, 1, now(), 0, n, 0,
    case when n <= 1000000 then 'event-' || n / 100000 end, 0, n, now()
  from generate_series(${from + 1}, ${to}) n`;

const rest = `
  insert into requests select 'request-' || n, 'email', 'template-3', null, array['user-7'],
    null, 'bench', now() - n * interval '10 seconds' from generate_series(1, 200000) n;
  insert into requests values ('request-audience', 'email', 'template-3', 'movie', '{}',
    'followers', 'bench', now());
  insert into fan_out_counts select 'episodeReleased', 'event-' || n / 12, 'lane-' || n % 12,
    n % 4, 'email', 'template-' || n % 20, 5000, now() - interval '5 days',
    now() - n * interval '1 second', 1,
    now() - interval '5 days' + (n / 12) * interval '1 minute', 'episode-released', 0, n
    from generate_series(0, 60000) n;
  insert into minute_counts select 'lane-' || l, p,
    date_trunc('minute', now()) - m * interval '1 minute', w, 'email', 1000
    from generate_series(1, 6) l, generate_series(0, 3) p, generate_series(0, 1439) m,
      unnest(array['notification', 'delivered']) w;
  insert into delivery_events select 0, 0, n, md5((n / 2 + 8000000)::text)::uuid, null,
    'user-' || (n / 2 + 8000000) % 100000, 'email',
    case when n % 1000 = 1 then 'rejected' when n % 2 = 0 then 'started' else 'accepted' end, 1,
    null, null, null, null, 'email-notifications', 0, n, now() - (2000000 - n) * interval '40 ms'
    from generate_series(1, 2000000) n;
  insert into dead_letters select 0, 0, n,
    (array['NOT_AVRO', 'RECORD_FAILED', 'KEY_NOT_ID'])[1 + n % 3], 'reason', 'notify', 'users',
    0, n, 1, 'key-' || n, 0, now() - n * interval '1 minute'
    from generate_series(1, 100000) n;
  insert into audit_entries select 'entry-' || n, now() - n * interval '1 minute', 'key', 'bench',
    'bench', 'request.created', 'request', 'request-' || n, null from generate_series(1, 200000) n;
  analyze`;

/** Fills the history by SQL: the table first, its indexes after that, as is fastest. */
export async function fillHistory(bench: Bench, notifications: number): Promise<void> {
  const { log, databaseUrl: url } = bench;
  const database = openDatabase({ url, log, maxConnections: 1, answerTimeoutMs });
  await migrate({ ...historySchema(), database, log });
  await database.script("set statement_timeout = 0; set maintenance_work_mem = '512MB'");
  const indexes = await database.query<{ name: string; definition: string }>`
    select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'notification_progress' and indexname not like '%pkey'`;
  await database.script(`
    truncate notification_progress, requests, fan_out_counts, minute_counts, delivery_events,
      dead_letters, audit_entries;
    alter table notification_progress drop constraint notification_progress_pkey;
    ${indexes.map(({ name }) => `drop index ${name}`).join(';')}`);
  for (let from = 0; from < notifications; from += rowsPerStep) {
    await database.script(progressRows(from, Math.min(notifications, from + rowsPerStep)));
  }
  await database.script('alter table notification_progress add primary key (notification_id)');
  for (const { definition } of indexes) await database.script(definition);
  await database.script(rest);
  await database.close();
}
