import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Changer,
  changeAccount,
  createAccount,
  linkForAccount,
  listAccounts,
} from '../../gateway/credentials/accounts.ts';
import { noteNobodyAdmitted } from '../../gateway/credentials/admitted.ts';
import { flushAudit } from '../../gateway/credentials/audit-outbox.ts';
import { linkByName } from '../../gateway/credentials/link-by-name.ts';
import { type Role, scopesOf } from '../../gateway/credentials/roles.ts';
import { personOfSession, useLoginLink } from '../../gateway/credentials/sessions.ts';
import type { GatewayRecord, Published } from '../../gateway/write/publisher.ts';
import { createHealth } from '../../runtime/health.ts';
import { createLog } from '../../runtime/log.ts';
import type { AuditEntry } from '../../schemas/generated/records.ts';
import { type OpenedCredentials, openedCredentials, root } from './support/opened-credentials.ts';

let opened: OpenedCredentials;

beforeAll(async () => {
  opened = await openedCredentials('accounts_test');
});

afterAll(() => opened?.server.close());

async function made(name: string, role: Role) {
  const created = await createAccount(opened.credentials, root, { name, role });
  if (!created.ok) throw new Error(created.problem.detail);
  return created.value;
}

/** Somebody who manages accounts and may do no more than a role. */
const bossWith = (role: Role): Changer => ({
  kind: 'key',
  id: 'boss',
  name: 'boss',
  scopes: new Set([...scopesOf(role), 'admin' as const]),
});

const published = (kind: Published['kind'], records: GatewayRecord[] = []) => ({
  records,
  publish: async (some: readonly GatewayRecord[]): Promise<Published> => {
    records.push(...some);
    return { kind };
  },
});

test('until somebody has an account or a key, nobody is let in, and that is said', async () => {
  const { credentials } = opened;
  const health = createHealth(createLog({ level: 'silent', name: 'test' }));
  const codes = () => health.conditions().map(({ code, message }) => [code, message]);
  expect(await noteNobodyAdmitted(credentials, health)).toBe(false);
  expect(codes()).toEqual([['NOBODY_ADMITTED', expect.stringContaining('npm run admin')]]);
  const first = await made('first', 'viewer');
  expect(await noteNobodyAdmitted(credentials, health)).toBe(true);
  expect(codes()).toEqual([]);
  await credentials.database.query`
    update gateway.accounts set disabled_at = now() where account_id = ${first.account.id}::uuid`;
  expect(await noteNobodyAdmitted(credentials, health)).toBe(false);
});

test('each name is there once, in whichever form and size', async () => {
  await made('Ёлка', 'viewer');
  for (const name of ['ёлка', 'ЁЛКА'.normalize('NFD'), ' Ёлка ']) {
    const again = await createAccount(opened.credentials, root, { name, role: 'viewer' });
    expect(again).toMatchObject({ ok: false, problem: { status: 409 } });
  }
  const names = (await listAccounts(opened.credentials)).map(({ name }) => name);
  expect(names.filter((name) => name === 'Ёлка')).toHaveLength(1);
});

describe('nobody gives away, or takes over, what they may not do', () => {
  test('making, promoting and linking an admin needs all scopes', async () => {
    const { credentials } = opened;
    const boss = bossWith('editor');
    const refused = { ok: false, problem: { status: 403 } };
    const admin = await made('Главная', 'admin');
    const editor = await made('Редактор', 'editor');
    const { id } = editor.account;
    expect(await createAccount(credentials, boss, { name: 'x', role: 'publisher' })).toMatchObject(
      refused,
    );
    expect(await changeAccount(credentials, boss, id, { role: 'admin' })).toMatchObject(refused);
    expect(await linkForAccount(credentials, boss, admin.account.id)).toMatchObject(refused);
    expect(
      await changeAccount(credentials, boss, admin.account.id, { disabled: true }),
    ).toMatchObject(refused);
    expect(await changeAccount(credentials, boss, id, { role: 'viewer' })).toMatchObject({
      ok: true,
      value: { role: 'viewer' },
    });
  });
});

describe('a change of an account', () => {
  test.each([{ role: 'publisher' }, { disabled: true }] as const)(
    '%j ends its sessions and links',
    async (change) => {
      const { credentials } = opened;
      const { account, link } = await made(`С сессией ${JSON.stringify(change)}`, 'editor');
      const loggedIn = await useLoginLink(credentials, link.token);
      const token = loggedIn?.session.token ?? '';
      const next = await linkForAccount(credentials, root, account.id);
      expect(await personOfSession(credentials, token)).not.toBeNull();
      expect(await changeAccount(credentials, root, account.id, change)).toMatchObject({
        ok: true,
      });
      expect(await personOfSession(credentials, token)).toBeNull();
      const nextToken = next.ok ? next.value.token : '';
      expect(await useLoginLink(credentials, nextToken)).toBeNull();
    },
  );

  test('that disables it keeps everybody out, until it is enabled', async () => {
    const { credentials } = opened;
    const { account } = await made('Уволенный', 'editor');
    await changeAccount(credentials, root, account.id, { disabled: true });
    expect(await linkForAccount(credentials, root, account.id)).toMatchObject({
      problem: { status: 409 },
    });
    await changeAccount(credentials, root, account.id, { disabled: false });
    expect(await linkForAccount(credentials, root, account.id)).toMatchObject({ ok: true });
  });

  test('of nobody is a 404', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000';
    const { credentials } = opened;
    const problem = { problem: { status: 404 } };
    expect(await changeAccount(credentials, root, nobody, { disabled: true })).toMatchObject(
      problem,
    );
    expect(await linkForAccount(credentials, root, nobody)).toMatchObject(problem);
  });
});

test('the last admin stays, also when two take each other away at once', async () => {
  const { credentials } = opened;
  const first = (await listAccounts(credentials)).find(({ role }) => role === 'admin');
  const second = await made('Вторая главная', 'admin');
  const ids = [first?.id ?? '', second.account.id];
  const both = await Promise.all(
    ids.map((id) => changeAccount(credentials, root, id, { role: 'viewer' })),
  );
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  const admins = (await listAccounts(credentials)).filter(({ role }) => role === 'admin');
  expect(admins).toHaveLength(1);
  const last = admins[0]?.id ?? '';
  for (const change of [{ role: 'editor' }, { disabled: true }] as const) {
    expect(await changeAccount(credentials, root, last, change)).toMatchObject({
      problem: { status: 409 },
    });
  }
});

test('every change is in the audit once Kafka has it, and names no secret', async () => {
  const { credentials } = opened;
  await flushAudit(credentials, published('acknowledged').publish);
  const { account, link } = await made('Под надзором', 'editor');
  await useLoginLink(credentials, link.token);
  await changeAccount(credentials, root, account.id, { disabled: true });
  expect(await flushAudit(credentials, published('unknown').publish)).toBe(false);
  const { publish, records } = published('acknowledged');
  expect(await flushAudit(credentials, publish)).toBe(true);
  const entries = records.map(({ value }) => value as AuditEntry);
  expect(entries.map(({ action }) => action)).toEqual([
    'account.created',
    'session.opened',
    'account.changed',
  ]);
  for (const { subjectId } of entries) expect(subjectId).toBe(account.id);
  expect(entries[2]).toMatchObject({
    actorId: 'root',
    detail: '{"role":"editor","disabled":true}',
  });
  expect(JSON.stringify(records)).not.toContain(link.token);
  expect(JSON.stringify(records)).not.toContain(link.hash);
  const nothing = published('acknowledged');
  expect(await flushAudit(credentials, nothing.publish)).toBe(true);
  expect(nothing.records).toEqual([]);
});

test('the command line lets a name in; its account is made once and keeps its role', async () => {
  const { credentials } = opened;
  const first = { command: 'admin', name: 'Первая', role: 'admin' } as const;
  const made = await linkByName(credentials, first);
  expect(made).toMatchObject({ ok: true, value: { made: true, role: 'admin' } });
  const again = await linkByName(credentials, { ...first, name: 'ПЕРВАЯ', role: 'viewer' });
  expect(again).toMatchObject({ ok: true, value: { made: false, role: 'admin' } });
  const tokens = [made, again].map((each) => (each.ok ? each.value.link.token : ''));
  expect(await useLoginLink(credentials, tokens[0] ?? '')).toBeNull();
  expect(await useLoginLink(credentials, tokens[1] ?? '')).toMatchObject({
    person: { name: 'Первая', role: 'admin', hasPassword: false, byLink: true },
  });
});
