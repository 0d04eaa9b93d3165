import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAccount } from '../../gateway/credentials/accounts.ts';
import { changePassword } from '../../gateway/credentials/change-password.ts';
import { logIn, verifyPassword } from '../../gateway/credentials/log-in.ts';
import { loginLinkMs } from '../../gateway/credentials/login-links.ts';
import {
  endSession,
  idleMs,
  personOfSession,
  sessionMs,
  useLoginLink,
} from '../../gateway/credentials/sessions.ts';
import { type OpenedCredentials, openedCredentials, root } from './support/opened-credentials.ts';

const address = '192.0.2.1';
const password = 'верный пароль 1';
const minuteMs = 60_000;
let opened: OpenedCredentials;
let made = 0;

beforeAll(async () => {
  opened = await openedCredentials('log_in_test');
});

afterAll(() => opened?.server.close());

beforeEach(() => {
  // No guess of one test counts in the next.
  opened.clock.advance(60 * minuteMs);
});

/** An account with a password, and a session. */
async function anna() {
  const { credentials } = opened;
  made += 1;
  const name = `Анна ${made}`;
  const created = await createAccount(credentials, root, { name, role: 'editor' });
  if (!created.ok) throw new Error(created.problem.detail);
  const { account, link } = created.value;
  const first = await useLoginLink(credentials, link.token);
  const chosen = await changePassword(credentials, {
    token: first?.session.token ?? '',
    oldPassword: null,
    newPassword: password,
  });
  if (!chosen.ok) throw new Error(chosen.problem.detail);
  return { id: account.id, name, link, firstToken: first?.session.token, ...chosen.value };
}

const login = (name: string, given = password, from = address) =>
  logIn(opened.credentials, { name, password: given, address: from });

describe('a link', () => {
  test('lets its owner in once, and never again', async () => {
    const { credentials } = opened;
    const { link, id } = await anna();
    expect(await useLoginLink(credentials, link.token)).toBeNull();
    const created = await createAccount(credentials, root, { name: `${id}`, role: 'viewer' });
    const token = created.ok ? created.value.link.token : '';
    const all = await Promise.all(
      Array.from({ length: 8 }, () => useLoginLink(credentials, token)),
    );
    expect(all.filter((each) => each !== null)).toHaveLength(1);
  });

  test('is of no use when it is too old', async () => {
    const { credentials, clock } = opened;
    const created = await createAccount(credentials, root, { name: 'Поздняя', role: 'viewer' });
    clock.advance(loginLinkMs);
    const token = created.ok ? created.value.link.token : '';
    expect(await useLoginLink(credentials, token)).toBeNull();
  });

  test('is not to be guessed', async () => {
    expect(await useLoginLink(opened.credentials, 'guess')).toBeNull();
  });
});

describe('a password', () => {
  test('opens a session, whatever the size of the letters of the name', async () => {
    const { name, id } = await anna();
    const result = await login(name.toUpperCase());
    expect(result).toMatchObject({ kind: 'loggedIn', person: { id, name, role: 'editor' } });
  });

  test('is the same in another Unicode form', async () => {
    const { name } = await anna();
    expect(await login(name, password.normalize('NFD'))).toMatchObject({ kind: 'loggedIn' });
  });

  test('that is wrong, or of nobody, opens none', async () => {
    const { name } = await anna();
    expect(await login(name, `${password}!`)).toEqual({ kind: 'wrong' });
    expect(await login('Никто')).toEqual({ kind: 'wrong' });
    expect(await login(name, 'x'.repeat(100_000))).toEqual({ kind: 'wrong' });
  });

  test('is stored as argon2id with the parameters of OWASP', async () => {
    const { id } = await anna();
    const [row] = await opened.server.database.query<{ hash: string }>`
      select password_hash as hash from gateway.accounts where account_id = ${id}::uuid`;
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('that is too short is refused', async () => {
    const { token } = await anna();
    const change = { token, oldPassword: password, newPassword: 'короткий' };
    expect(await changePassword(opened.credentials, change)).toMatchObject({
      ok: false,
      problem: { status: 400 },
    });
  });

  test('is changed by who knows the old one, and ends all sessions', async () => {
    const { credentials } = opened;
    const { name, token } = await anna();
    const other = await login(name);
    const otherToken = other.kind === 'loggedIn' ? other.session.token : '';
    const wrong = { token, oldPassword: 'not the old one', newPassword: 'another one 12' };
    expect(await changePassword(credentials, wrong)).toMatchObject({ ok: false });
    const changed = await changePassword(credentials, { ...wrong, oldPassword: password });
    expect(changed.ok).toBe(true);
    for (const old of [token, otherToken]) {
      expect(await personOfSession(credentials, old)).toBeNull();
    }
    expect(await login(name)).toEqual({ kind: 'wrong' });
    expect(await login(name, 'another one 12')).toMatchObject({ kind: 'loggedIn' });
  });
});

describe('guesses', () => {
  test('at a name are slowed down, and a right one then is not looked at', async () => {
    const { name } = await anna();
    for (let guess = 0; guess < 5; guess += 1) {
      expect(await login(name, `guess ${guess} of many`)).toEqual({ kind: 'wrong' });
    }
    expect(await login(name)).toEqual({ kind: 'throttled', retryAfterS: 1 });
    opened.clock.advance(1000);
    expect(await login(name, 'guess 6 of many')).toEqual({ kind: 'wrong' });
    expect(await login(name, password, '198.51.100.7')).toMatchObject({ kind: 'throttled' });
    opened.clock.advance(2000);
    expect(await login(name)).toMatchObject({ kind: 'loggedIn' });
    expect(await login(name, 'guess 7 of many')).toEqual({ kind: 'wrong' });
  });

  test('at a name that is nobody’s look the same', async () => {
    const kinds: string[] = [];
    for (let guess = 0; guess < 6; guess += 1) kinds.push((await login('Никого нет')).kind);
    expect(kinds).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'throttled']);
  });

  test('that come all at once are counted, also by another gateway', async () => {
    const { name } = await anna();
    const gateways = [opened.credentials, await opened.another()];
    const guesses = Array.from({ length: 20 }, (_, at) =>
      verifyPassword(gateways[at % 2] ?? opened.credentials, {
        name,
        password: `guess ${at} at once`,
        address,
      }),
    );
    const kinds = (await Promise.all(guesses)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'wrong')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'throttled')).toHaveLength(15);
  });

  test('from one network are slowed down, whatever the names', async () => {
    const from = (host: number) => `2001:db8:1:2::${host.toString(16)}`;
    const kinds: string[] = [];
    for (let guess = 0; guess < 51; guess += 1) {
      kinds.push((await login(`nobody ${guess}`, password, from(guess))).kind);
    }
    expect(kinds.slice(0, 50)).not.toContain('throttled');
    expect(kinds[50]).toBe('throttled');
    expect((await login('nobody', password, '2001:db8:1:3::1')).kind).toBe('wrong');
  });
});

describe('a session', () => {
  test('is another one after each log-in, and its token is stored nowhere', async () => {
    const { credentials, server } = opened;
    const { name, token, firstToken } = await anna();
    const result = await login(name);
    const tokens = [token, firstToken, result.kind === 'loggedIn' ? result.session.token : ''];
    expect(new Set(tokens).size).toBe(3);
    const rows = await server.database.query<{ hash: string }>`
      select token_hash as hash from gateway.sessions`;
    for (const { hash } of rows) expect(tokens).not.toContain(hash);
    expect(await personOfSession(credentials, rows[0]?.hash ?? '')).toBeNull();
  });

  test('ends at log-out', async () => {
    const { credentials } = opened;
    const { token, id } = await anna();
    expect(await personOfSession(credentials, token)).toMatchObject({ id, byLink: false });
    await endSession(credentials, token);
    expect(await personOfSession(credentials, token)).toBeNull();
  });

  test('ends when it is not used, and does not when it is', async () => {
    const { credentials, clock } = opened;
    const { token } = await anna();
    clock.advance(idleMs - minuteMs);
    expect(await personOfSession(credentials, token)).not.toBeNull();
    clock.advance(idleMs - minuteMs);
    expect(await personOfSession(credentials, token)).not.toBeNull();
    clock.advance(idleMs);
    expect(await personOfSession(credentials, token)).toBeNull();
  });

  test('ends after a week, however much it is used', async () => {
    const { credentials, clock } = opened;
    const { token, expiresAtMs } = await anna();
    expect(expiresAtMs - clock.nowMs()).toBe(sessionMs);
    const hours = sessionMs / (60 * minuteMs);
    for (let hour = 1; hour < hours; hour += 1) {
      clock.advance(60 * minuteMs);
      expect(await personOfSession(credentials, token)).not.toBeNull();
    }
    clock.advance(60 * minuteMs);
    expect(await personOfSession(credentials, token)).toBeNull();
  });

  test('is one of twenty at most', async () => {
    const { credentials, clock } = opened;
    const { name, token } = await anna();
    for (let browser = 0; browser < 20; browser += 1) {
      clock.advance(1000);
      expect(await login(name)).toMatchObject({ kind: 'loggedIn' });
    }
    expect(await personOfSession(credentials, token)).toBeNull();
  });
});
