import { describe, expect, test } from 'vitest';
import { type Identity, requireScope, type Scope, scopes } from '../../../gateway/http/identity.ts';
import { notNow } from '../../../gateway/http/problem.ts';
import { apiKeys, authorization, buildGateway } from './built-gateway.ts';

const url = '/api/v1/users/1';

test.each([authorization, authorization.toLowerCase(), `Bearer   ${apiKeys[1].secret}`])(
  '"%s" names a key',
  async (header) => {
    const { app } = await buildGateway();
    const response = await app.inject({ url, headers: { authorization: header } });
    expect(response.statusCode).toBe(200);
  },
);

test.each([
  '',
  'Bearer',
  'Bearer ',
  'open-sesame',
  'Bearer open-sesame beep',
  'Basic open-sesame',
  ' Bearer open-sesame, Bearer beep',
])('"%s" names none', async (header) => {
  const { app } = await buildGateway();
  const response = await app.inject({ url, headers: { authorization: header } });
  expect(response.statusCode).toBe(401);
});

function asked(identity: Identity | null) {
  const request = { headers: { authorization: 'Bearer s' }, identity: null as Identity | null };
  const answer = { status: 200, headers: new Map<string, unknown>(), body: null as unknown };
  const reply = {
    header: (name: string, value: unknown) => answer.headers.set(name, value) && reply,
    code: (status: number) => Object.assign(answer, { status }) && reply,
    type: () => reply,
    serializer: () => reply,
    send: (body: unknown) => Object.assign(answer, { body }) && reply,
  };
  const server = { identify: async () => ({ ok: true, value: identity }) };
  return { request: { ...request, server }, reply, answer };
}

async function ask(scope: Scope, given: readonly Scope[]) {
  const asking = asked({ kind: 'key', id: 'k', name: 'k', scopes: new Set(given) });
  await requireScope(scope).call({} as never, asking.request as never, asking.reply as never);
  return asking;
}

describe.each(scopes)('%s', (scope) => {
  test('lets a key with it pass', async () => {
    const { request, answer } = await ask(scope, [scope]);
    expect(answer.status).toBe(200);
    expect(request.identity?.id).toBe('k');
  });

  test('is not had by a key with all others', async () => {
    const others = scopes.filter((each) => each !== scope);
    const { request, answer } = await ask(scope, others);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ detail: expect.stringContaining(scope) });
    expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(request.identity).toBeNull();
  });
});

test('nobody can say whose secret it is: not now', async () => {
  const { app } = await buildGateway();
  app.identify = async () => ({ ok: false, problem: notNow('Keys cannot be looked up now.') });
  const response = await app.inject({ url, headers: { authorization } });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('5');
});
