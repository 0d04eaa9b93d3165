import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { securityHeaders } from '../../../gateway/http/security-headers.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import { authorization, buildGateway } from './built-gateway.ts';

const json = { 'content-type': 'application/json' };
const email = '/api/v1/notifications/email';
const post = (changes: InjectOptions): InjectOptions => ({
  method: 'POST',
  url: email,
  ...changes,
  headers: { authorization, ...changes.headers },
});

const cases: readonly (readonly [string, InjectOptions, number])[] = [
  ['an unknown path', { url: '/nowhere' }, 404],
  ['an unknown channel', post({ url: '/api/v1/notifications/fax', payload: {} }), 405],
  ['a path that is no URL', { url: '/api/v1/movies/%E0%A4%A' }, 400],
  ['a path without end', { url: `/api/v1/movies/${'x'.repeat(4000)}` }, 414],
  ['GET where only POST is', { url: email }, 405],
  ['DELETE of a movie', { method: 'DELETE', url: '/api/v1/movies/1' }, 405],
  ['POST to a movie, whatever its body', post({ url: '/api/v1/movies/1', payload: '{' }), 405],
  ['POST to the health', post({ url: '/health/live', payload: {} }), 405],
  ['no body', post({}), 400],
  ['no body, said to be JSON', post({ headers: json }), 400],
  ['JSON that ends too early', post({ headers: json, payload: '{"template_id":' }), 400],
  ['a body that sets __proto__', post({ headers: json, payload: '{"__proto__":{"a":1}}' }), 400],
  ['a body that is a text', post({ headers: json, payload: '"1"' }), 400],
  ['a body that is null', post({ headers: json, payload: 'null' }), 400],
  ['a body over 64 KiB', post({ headers: json, payload: `"${'x'.repeat(65_536)}"` }), 413],
  ['a form', post({ headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415],
  ['plain text', post({ headers: { 'content-type': 'text/plain' }, payload: '{}' }), 415],
  ['XML', post({ headers: { 'content-type': 'application/xml' }, payload: '<a/>' }), 415],
  ['a write without a key', { method: 'POST', url: email, payload: {} }, 401],
  ['a wrong key', post({ headers: { authorization: 'Bearer wrong' }, payload: {} }), 401],
  ['another scheme', post({ headers: { authorization: 'Basic b3Blbg==' }, payload: {} }), 401],
  ['a user without a key', { url: '/api/v1/users/1' }, 401],
  ['a request without a key', { url: '/api/v1/requests/1' }, 401],
];

test.each(cases)('%s is a problem', async (_name, request, status) => {
  const { app, written } = await buildGateway();
  const response = await app.inject(request);
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json()).toMatchObject({ type: 'about:blank', status });
  expect(response.json().title).toEqual(expect.any(String));
  expect(response.json().detail).toEqual(expect.any(String));
  expect(response.headers).toMatchObject(securityHeaders);
  expect(written).toEqual([]);
});

test('a 405 says which methods there are', async () => {
  const { app } = await buildGateway();
  expect((await app.inject({ url: email })).headers['allow']).toBe('POST');
  const movie = await app.inject({ method: 'PUT', url: '/api/v1/movies/1' });
  expect(movie.headers['allow']).toBe('GET, HEAD');
});

describe('a 401', () => {
  test('asks for a bearer token', async () => {
    const { app } = await buildGateway();
    const response = await app.inject({ url: '/api/v1/users/1' });
    expect(response.headers['www-authenticate']).toBe('Bearer realm="vestnik"');
  });

  test('says that the token was wrong, and does not repeat it', async () => {
    const { app } = await buildGateway();
    const headers = { authorization: 'Bearer secret-of-someone' };
    const response = await app.inject({ url: '/api/v1/users/1', headers });
    expect(response.headers['www-authenticate']).toContain('invalid_token');
    expect(response.body).not.toContain('secret-of-someone');
  });

  test('is what everyone gets when there are no keys', async () => {
    const { app } = await buildGateway({ apiKeys: [] });
    for (const each of ['Bearer ', 'Bearer x', '']) {
      const headers = { authorization: each };
      expect((await app.inject({ url: '/api/v1/users/1', headers })).statusCode).toBe(401);
    }
  });

  test('comes before anything is said about the body', async () => {
    const { app } = await buildGateway();
    const payload = 'x'.repeat(100_000);
    const response = await app.inject({ method: 'POST', url: email, headers: json, payload });
    expect(response.statusCode).toBe(401);
  });
});

test.each([
  ['an exception', new Error('password=hunter2 at 10.0.0.7')],
  ['an error of the table that will not pass', new VestnikError('KAFKA_PROTOCOL', '10.0.0.7')],
])('%s is a 500 that says nothing of it', async (_name, error) => {
  const { app } = await buildGateway({
    history: { requestOf: () => Promise.reject(error) },
  });
  const headers = { authorization };
  const response = await app.inject({ url: '/api/v1/requests/r', headers });
  expect(response.statusCode).toBe(500);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.body).not.toMatch(/hunter2|10\.0\.0\.7/);
  expect(response.json().instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
});

test('while the tables are read, what needs them is a 503 with the progress', async () => {
  const source = { tables: () => null, progress: () => ({ restored: 3, total: 9 }) };
  const { app, written } = await buildGateway({ source });
  const payload = { template_id: '1', user_ids: '1' };
  const urls = ['movies', 'comments', 'templates', 'users'].map((it) => `/api/v1/${it}/1`);
  const requests = [post({ payload }), ...urls.map((url) => ({ url, headers: { authorization } }))];
  for (const request of requests) {
    const response = await app.inject(request);
    expect(response.statusCode).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.json().progress).toEqual({ restored: 3, total: 9 });
  }
  expect(written).toEqual([]);
});

test('bytes that are no HTTP are answered with a problem too', async () => {
  const { app } = await buildGateway();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('HELO example.com\r\n\r\n');
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(head).toContain('content-type: application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status: 400 });
});
