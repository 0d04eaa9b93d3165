import { expect, onTestFinished, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { createLog } from '../../runtime/log.ts';
import { type MigratedSchema, migrate } from '../../runtime/migrate.ts';
import { orderMigrations, relationsOf } from '../../runtime/migrations.ts';
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

test('a step may take longer than any other statement: it has no bound of the server', async () => {
  const history = await createHistoryDatabase('migration_bounds_test', log);
  onTestFinished(() => history.close());
  const { database } = history;
  const bound = "select current_setting('statement_timeout') as bound";
  const content = `create table bounds as ${bound};`;
  const migrations = orderMigrations([{ name: '001_bounds.sql', content }]);
  const applied: MigratedSchema['applied'] = (each) =>
    each.query`select name, sha256 from unhurried.migrations`;
  const whenDropped = 'refuse';
  await migrate({ schema: 'unhurried', migrations, applied, whenDropped, database, log });
  const inStep = await database.query`select bound from unhurried.bounds`;
  const elsewhere = await database.query`select current_setting('statement_timeout') as bound`;
  expect([...inStep, ...elsewhere]).toEqual([{ bound: '0' }, { bound: '30s' }]);
});
