import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createLog } from '../../runtime/log.ts';
import { type Database, openDatabase } from '../../runtime/postgres.ts';
import { until } from './support/system.ts';
import { openTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

const log = createLog({ level: 'silent', name: 'test' });
const root = join(import.meta.dirname, '..', '..');
const away = { code: 'DATABASE_UNAVAILABLE', retryable: true };

let line: TcpProxy;
let database: Database;
/** Not behind the line: what the server says of the others. */
let observer: Database;

beforeEach(async () => {
  const { databaseUrl } = inject('infra');
  line = await openTcpProxy(databaseUrl);
  observer = openDatabase({ url: databaseUrl, log, maxConnections: 1 });
  database = openDatabase({ url: line.url, log, maxConnections: 2, answerTimeoutMs: 2000 });
});

afterEach(async () => {
  await database.close();
  await observer.close();
  await line.close();
});

/** Statements of the database under test that the server is working on. */
const expectSleeping = (count: number) =>
  until(`${count} statements are running`, async () => {
    const [row] = await observer.query<{ count: number }>`
      select count(*) as count from pg_stat_activity
      where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`;
    return row?.count === count;
  });

test('values come as what they are: a bigint as a number, a time as a date', async () => {
  const at = new Date('2026-01-15T12:00:00.123Z');
  const rows = await database.query`
    select ${2 ** 40}::bigint as big, ${at}::timestamptz as at, ${['a', 'b,"c"']}::text[] as list,
      ${null}::text as nothing, ${'{"x": [1]}'}::text::json as json`;
  const [x] = rows.map((row) => row);
  expect(x).toEqual({ big: 2 ** 40, at, list: ['a', 'b,"c"'], nothing: null, json: { x: [1] } });
});

test('a mistake in SQL is a defect and not waited for', async () => {
  const defect = { code: 'INTERNAL', retryable: false };
  await expect(database.query`select * from no_such_table`).rejects.toMatchObject(defect);
  await expect(database.script('select 1; selekt 2')).rejects.toMatchObject(defect);
});

test('a script is done as a whole or not at all', async () => {
  await database.script('create table script_test (id int); insert into script_test values (1)');
  const failing = 'insert into script_test values (2); select 1 / 0';
  await expect(database.script(failing)).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(await database.query`select id from script_test`).toEqual([{ id: 1 }]);
  await database.script('drop table script_test');
});

test('a statement that nobody waits for is sent all the same', async () => {
  void database.query`select pg_sleep(0.5)`;
  await expectSleeping(1);
});

test.each(['cut', 'halfClose'] as const)('after %s every statement is answered', async (damage) => {
  // Six for two connections: some wait for their turn.
  const asked = Array.from({ length: 6 }, () => database.query`select pg_sleep(1)`);
  const answers = Promise.allSettled(asked);
  await expectSleeping(2);
  await line[damage]();
  for (const answer of await answers) {
    expect(answer).toMatchObject({ status: 'rejected', reason: away });
  }
  await line.mend();
  expect(await database.query`select 1 as one`).toEqual([{ one: 1 }]);
});

test('a server that falls silent is given up, and the next call connects anew', async () => {
  expect(await database.query`select 1 as one`).toEqual([{ one: 1 }]);
  await line.blackHole();
  await expect(database.query`select 2 as two`).rejects.toMatchObject(away);
  await line.mend();
  expect(await database.query`select 3 as three`).toEqual([{ three: 3 }]);
});

/**
 * Why there is no transaction of several calls. When this fails, postgres.js has mended it, and
 * `runtime/postgres.ts` may offer one.
 */
test('postgres.js ends the process when a transaction of several calls is cut', async () => {
  const code = `
    import postgres from 'postgres';
    const sql = postgres(${JSON.stringify(line.url)}, { max: 2 });
    await sql.begin((inner) => inner\`select pg_sleep(60)\`).catch(() => undefined);
  `;
  const args = ['--input-type=module', '-e', code];
  const failure = promisify(execFile)(process.execPath, args, { cwd: root }).then(
    () => 'it ended well',
    (error: { readonly stderr: string }) => error.stderr,
  );
  await expectSleeping(1);
  await line.halfClose();
  expect(await failure).toContain("Cannot read properties of null (reading 'write')");
});
