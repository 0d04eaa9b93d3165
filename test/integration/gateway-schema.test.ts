import { afterAll, beforeAll, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { createAccount, listAccounts } from '../../gateway/credentials/accounts.ts';
import { openCredentials } from '../../gateway/credentials/credentials.ts';
import { personOfSession, useLoginLink } from '../../gateway/credentials/sessions.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import { openDatabase } from '../../runtime/postgres.ts';
import { type OpenedCredentials, openedCredentials, root } from './support/opened-credentials.ts';

const log = createLog({ level: 'silent', name: 'test' });
let opened: OpenedCredentials;

beforeAll(async () => {
  opened = await openedCredentials('gateway_schema_test');
});

afterAll(() => opened?.server.close());

const migrateHistory = () => migrate({ ...historySchema(), database: opened.server.database, log });

async function loggedIn(name: string): Promise<string> {
  const created = await createAccount(opened.credentials, root, { name, role: 'viewer' });
  const token = created.ok ? created.value.link.token : '';
  return (await useLoginLink(opened.credentials, token))?.session.token ?? '';
}

test('dropping public, or tables of it, forgets no log-in', async () => {
  const { credentials, server } = opened;
  await migrateHistory();
  const token = await loggedIn('Анна');
  await server.dropSchema();
  await migrateHistory();
  await server.database.script('drop table requests cascade');
  await migrateHistory();
  const other = await opened.another();
  for (const each of [credentials, other]) {
    expect(await personOfSession(each, token)).toMatchObject({ name: 'Анна' });
  }
  const [found] = await server.database.query<{ made: boolean }>`
    select to_regclass('public.requests') is not null as made`;
  expect(found?.made).toBe(true);
});

test('a lost table of credentials is not made anew: what it held would be gone', async () => {
  const { server } = opened;
  await server.database.script('alter table gateway.sessions rename to sessions_away');
  const other = await opened.another();
  const unavailable = { code: 'CREDENTIALS_UNAVAILABLE', retryable: true };
  await expect(listAccounts(other)).rejects.toMatchObject(unavailable);
  await expect(listAccounts(other)).rejects.toThrow('gateway.sessions were dropped');
  await server.database.script('alter table gateway.sessions_away rename to sessions');
  expect(await listAccounts(other)).toHaveLength(1);
});

test('without its schema all log-ins are forgotten, and the history is as it was', async () => {
  const { credentials, server } = opened;
  await server.database.script('drop schema gateway cascade');
  await expect(listAccounts(credentials)).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
  });
  expect(await listAccounts(credentials)).toEqual([]);
  const [found] = await server.database.query<{ made: boolean }>`
    select to_regclass('public.requests') is not null as made`;
  expect(found?.made).toBe(true);
});

test('many gateways make the tables at the same time', async () => {
  await opened.server.database.script('drop schema gateway cascade');
  const gateways = await Promise.all(Array.from({ length: 6 }, () => opened.another()));
  const lists = await Promise.all(gateways.map((each) => listAccounts(each)));
  expect(lists).toEqual(Array.from({ length: 6 }, () => []));
});

test('PostgreSQL away: nobody is let in, and it is said that this may pass', async () => {
  const nowhere = openDatabase({ url: 'postgres://nobody:x@127.0.0.1:1/none', log });
  const credentials = await openCredentials({
    database: nowhere,
    clock: opened.clock,
    log,
    newId: () => '',
    newSecret: () => 'x'.repeat(43),
  });
  const asking = personOfSession(credentials, 'token');
  await expect(asking).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: true });
  await nowhere.close();
});
