import { afterAll, beforeAll, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import { openOverview } from '../../gateway/read/overview.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import type { Database } from '../../runtime/postgres.ts';
import { sql } from '../../runtime/sql.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });

let history: HistoryDatabase;

beforeAll(async () => {
  history = await createHistoryDatabase('overview_plans_test', log);
  const { database } = history;
  await migrate({ ...historySchema(), database, log });
  await database.script(`
    insert into requests select 'r-' || n, 'email', 't', null, '{}', null, 'x',
      now() - n * interval '1s' from generate_series(1, 50000) n;
    insert into notification_progress (notification_id, request_id, user_id, occurred_at, rendered)
      select md5(n::text)::uuid, 'r-' || n / 2, 'u-' || n, now(), true
      from generate_series(1, 100000) n;
    insert into fan_out_counts select 'movieAdded', 'e-' || n, 'lane', 0, 'email', 't', 1,
      now(), now() - n * interval '1s' from generate_series(1, 50000) n;
    insert into minute_counts select 'lane', p,
      date_trunc('minute', now()) - m * interval '1 minute', 'event', '', 1
      from generate_series(0, 30) p, generate_series(0, 1439) m;
    insert into dead_letters select 0, 0, n, 'NOT_AVRO', 'x', 'notify', 'users', 0, n, 1, 'k', 0,
      now() - n * interval '1s' from generate_series(1, 50000) n;
    analyze`);
});

afterAll(() => history?.close());

/** The plan of what is asked of a database. */
async function planOf(ask: (database: Database) => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  const explaining: Database = {
    ...history.database,
    async query(text, ...parts) {
      const lines = await history.database.query<{ readonly 'QUERY PLAN': string }>`
        explain ${sql(text, ...parts)}`;
      plans.push(...lines.map((each) => each['QUERY PLAN']));
      return [];
    },
  };
  await ask(explaining);
  return plans.join('\n');
}

const overviewOf = (database: Database) =>
  openOverview(boundReads({ database, clock: systemClock }));

test.each<[string, (database: Database) => Promise<unknown>, string]>([
  ['newest requests', (database) => overviewOf(database).requests(6), 'requests_by_time'],
  ['counts of them', (database) => overviewOf(database).requests(6), 'progress_by_request'],
  ['minutes', (database) => overviewOf(database).minutes(Date.now()), 'minute_counts_by_minute'],
  ['letters', (database) => overviewOf(database).openLetters(), 'dead_letters_by_time'],
])('the dashboard reads its %s from an index', async (_, ask, index) => {
  expect(await planOf(ask)).toContain(index);
});
