import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cleanCredentials } from '../../gateway/credentials/keep-credentials.ts';
import { keyCacheMs } from '../../gateway/credentials/key-check.ts';
import { scopes } from '../../gateway/http/identity.ts';
import { authorization, buildGateway } from '../unit/gateway/built-gateway.ts';
import { type OpenedCredentials, openedCredentials } from './support/opened-credentials.ts';

const keysUrl = '/api/v1/api-keys';
const email = '/api/v1/notifications/email';
const letter = { template_id: '1', movie_id: '1', user_ids: '1' };
const dayMs = 24 * 60 * 60 * 1000;
const everybody = { key_id: '00000000-0000-7000-8000-000000000000' };

let opened: OpenedCredentials;
let app: FastifyInstance;

beforeAll(async () => {
  opened = await openedCredentials('api_keys_test');
});

afterAll(() => opened?.server.close());

/** A gateway of its own, with nothing in its caches. */
const gateway = async () => (await buildGateway({ credentials: await opened.another() })).app;

beforeEach(async () => {
  app = await gateway();
});

type Asked = { readonly by?: string; readonly of?: FastifyInstance };

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const post = (url: string, payload: object, { by, of = app }: Asked = {}) =>
  of.inject({ method: 'POST', url, headers: by ? bearer(by) : { authorization }, payload });
const get = (url: string, by: string, of = app) => of.inject({ url, headers: bearer(by) });

async function made(settings: object = {}): Promise<{ id: string; secret: string }> {
  const body = { name: 'robot', scopes: ['people:read', 'notifications:write'], ...settings };
  const response = await post(keysUrl, body);
  expect(response.statusCode).toBe(201);
  return response.json();
}

test('a secret is shown once, and stored nowhere', async () => {
  const { id, secret } = await made({ name: ' release service ' });
  expect(secret).toMatch(/^vst_[A-Za-z0-9_-]{43}$/);
  const list = await app.inject({ url: keysUrl, headers: { authorization } });
  expect(list.statusCode).toBe(200);
  expect(list.body).not.toContain(secret);
  const [key] = list.json().api_keys;
  expect(key).toMatchObject({
    id,
    name: 'release service',
    created_by: 'admins',
    revoked_at: null,
  });
  expect(key.secret).toBeUndefined();
  const rows = await opened.server.database.query<{ line: string }>`
    select each::text as line from gateway.api_keys each`;
  for (const { line } of rows) expect(line).not.toContain(secret);
});

test('a key may do what its scopes say, and what it asks for carries its name', async () => {
  const { secret } = await made();
  const built = await buildGateway({ credentials: opened.credentials });
  expect((await get('/api/v1/users/1', secret, built.app)).statusCode).toBe(200);
  expect((await post(email, letter, { by: secret, of: built.app })).statusCode).toBe(202);
  expect(built.written[0]?.requestedBy).toBe('robot');
  const refused = await get('/api/v1/dead-letters', secret, built.app);
  expect(refused.statusCode).toBe(403);
  expect(refused.json().detail).toContain('dead-letters:read');
  expect((await get('/api/v1/users/1', secret.replace(/.$/, '!'))).statusCode).toBe(401);
});

test('use is noted, to the minute', async () => {
  const { id, secret } = await made();
  await get('/api/v1/users/1', secret);
  const list = await app.inject({ url: keysUrl, headers: { authorization } });
  const key = list.json().api_keys.find((each: { id: string }) => each.id === id);
  expect(Date.parse(key.last_used_at)).toBe(opened.clock.nowMs());
});

describe('a key ends', () => {
  test('when it is revoked: at once where it is new, in five seconds everywhere', async () => {
    const { id, secret } = await made();
    const other = await gateway();
    expect((await get('/api/v1/users/1', secret)).statusCode).toBe(200);
    const url = `${keysUrl}/${id}`;
    const revoked = await other.inject({ method: 'DELETE', url, headers: { authorization } });
    expect(revoked.statusCode).toBe(200);
    expect(revoked.json().revoked_at).toEqual(expect.any(String));
    expect((await get('/api/v1/users/1', secret, other)).statusCode).toBe(401);
    opened.clock.advance(keyCacheMs);
    expect((await get('/api/v1/users/1', secret)).statusCode).toBe(401);
  });

  test('to the second when its time is over, also where it is known', async () => {
    const expiresAt = new Date(opened.clock.nowMs() + 2000).toISOString();
    const { secret } = await made({ expires_at: expiresAt });
    expect((await get('/api/v1/users/1', secret)).statusCode).toBe(200);
    opened.clock.advance(2000);
    expect((await get('/api/v1/users/1', secret)).statusCode).toBe(401);
  });

  test('and its row goes 90 days later', async () => {
    const { id } = await made({ expires_at: new Date(opened.clock.nowMs() + 1).toISOString() });
    opened.clock.advance(90 * dayMs + 2);
    await cleanCredentials(opened.credentials);
    const list = await app.inject({ url: keysUrl, headers: { authorization } });
    expect(list.body).not.toContain(id);
  });
});

describe('rights do not grow', () => {
  test('a key cannot grant what it has not', async () => {
    const { secret } = await made({ scopes: ['admin', 'people:read'] });
    const wanted = { name: 'more', scopes: ['people:read', 'people:erase'] };
    const refused = await post(keysUrl, wanted, { by: secret });
    expect(refused.statusCode).toBe(403);
    expect(refused.json().detail).toContain('people:erase');
    const less = { name: 'less', scopes: ['people:read'] };
    expect((await post(keysUrl, less, { by: secret })).statusCode).toBe(201);
    const boss = { name: 'Хозяин', role: 'admin' };
    expect((await post('/api/v1/accounts', boss, { by: secret })).statusCode).toBe(403);
  });

  test.each(scopes.filter((scope) => scope !== 'admin'))('%s manages no access', async (scope) => {
    const { id, secret } = await made({ scopes: [scope] });
    const headers = bearer(secret);
    const answers = [
      await post(keysUrl, { name: 'x', scopes: [scope] }, { by: secret }),
      await get(keysUrl, secret),
      await app.inject({ method: 'DELETE', url: `${keysUrl}/${id}`, headers }),
      await post('/api/v1/accounts', { name: 'x', role: 'viewer' }, { by: secret }),
      await get('/api/v1/accounts', secret),
      await post('/api/v1/login-links', { account_id: everybody.key_id }, { by: secret }),
    ];
    for (const { statusCode } of answers) expect(statusCode).toBe(403);
  });

  test.each([
    ['an id', keysUrl, { name: 'x', scopes: ['admin'], ...everybody }],
    ['a hash', keysUrl, { name: 'x', scopes: ['admin'], secret_hash: 'x' }],
    ['who made it', keysUrl, { name: 'x', scopes: ['admin'], created_by: 'root' }],
    ['an unknown scope', keysUrl, { name: 'x', scopes: ['everything'] }],
    [
      'an end in the past',
      keysUrl,
      { name: 'x', scopes: ['admin'], expires_at: '2020-01-01T00:00:00Z' },
    ],
    ['a password', '/api/v1/accounts', { name: 'x', role: 'viewer', password_hash: 'x' }],
    ['an unknown role', '/api/v1/accounts', { name: 'x', role: 'root' }],
  ])('%s in a body is refused', async (_, url, body) => {
    expect((await post(url, body)).statusCode).toBe(400);
  });
});

describe('quotas', () => {
  test('of requests are kept by all gateways together, until the minute ends', async () => {
    const { secret } = await made({ requests_per_minute: 40 });
    const gateways = [app, await gateway(), await gateway()];
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, at) => get('/api/v1/users/1', secret, gateways[at % 3])),
    );
    const passed = answers.filter(({ statusCode }) => statusCode === 200);
    expect(passed).toHaveLength(40);
    const refused = answers.find(({ statusCode }) => statusCode === 429);
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused?.json().detail).toContain('40 requests');
    opened.clock.advance(60_000);
    expect((await get('/api/v1/users/1', secret)).statusCode).toBe(200);
  });

  test('of notifications count people, all of a request or none', async () => {
    const { secret } = await made({ notifications_per_day: 5 });
    const to = (ids: string) => post(email, { ...letter, user_ids: ids }, { by: secret });
    expect((await to('1,2,3')).statusCode).toBe(202);
    expect((await to('1,2,3')).statusCode).toBe(429);
    expect((await to('1,2')).statusCode).toBe(202);
    expect((await to('1')).statusCode).toBe(429);
    opened.clock.advance(dayMs);
    expect((await to('1,2,3,4,5')).statusCode).toBe(202);
    expect((await to('1,2,3,4,5,6')).statusCode).toBe(429);
    const audience = { template_id: '1', movie_id: '1', audience: 'all' };
    expect((await post(email, audience, { by: secret })).statusCode).toBe(403);
  });

  test('do not hold keys that have none', async () => {
    const { secret } = await made();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => get('/api/v1/users/1', secret)),
    );
    for (const { statusCode } of answers) expect(statusCode).toBe(200);
  });
});

test('accounts are made, changed and linked by the API', async () => {
  const created = await post('/api/v1/accounts', { name: 'Анна', role: 'editor' });
  expect(created.statusCode).toBe(201);
  const { id, login_link: first } = created.json();
  expect(first.path).toMatch(/^\/login\/link\/[A-Za-z0-9_-]{43}$/);
  const url = `/api/v1/accounts/${id}`;
  const headers = { authorization };
  const patch = (payload: object) => app.inject({ method: 'PATCH', url, headers, payload });
  expect((await patch({ role: 'publisher' })).json()).toMatchObject({ id, role: 'publisher' });
  expect((await patch({})).statusCode).toBe(400);
  expect((await patch({ disabled: true })).json().disabled_at).toEqual(expect.any(String));
  const asked = { account_id: id };
  expect((await post('/api/v1/login-links', asked)).statusCode).toBe(409);
  expect((await patch({ disabled: false })).json().disabled_at).toBeNull();
  const linked = await post('/api/v1/login-links', asked);
  expect(linked.statusCode).toBe(201);
  expect(linked.json().path).not.toBe(first.path);
  const list = await app.inject({ url: '/api/v1/accounts', headers });
  expect(list.json().accounts).toMatchObject([{ id, name: 'Анна', role: 'publisher' }]);
});
