import { expect, onTestFinished, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import { relationsOf } from '../../runtime/migrations.ts';
import { createHistoryDatabase, historyTables } from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });

test('many processes make the tables at the same time', async () => {
  const history = await createHistoryDatabase('history_tables_test', log);
  onTestFinished(() => history.close());
  const { database } = history;
  await Promise.all(
    Array.from({ length: 6 }, () => migrate({ ...historySchema(), database, log })),
  );
  const made = await database.query<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;
  const expected = [...relationsOf(historySchema().migrations, 'table'), 'migrations'].toSorted();
  expect(made.map(({ name }) => name)).toEqual(expected);
  expect([...historyTables, 'migrations'].toSorted()).toEqual(expected);
});
