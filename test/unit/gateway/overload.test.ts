import { expect, test } from 'vitest';
import { usualTimeouts } from '../../../gateway/app.ts';
import { maxLoopDelayMs, maxOpenRequests, shedProblem } from '../../../gateway/http/overload.ts';
import { maxUnsettled, type Published } from '../../../gateway/write/publisher.ts';
import { authorization, buildGateway } from './built-gateway.ts';
import { bodyOf, postHead, rawClient } from './raw-client.ts';

const url = '/api/v1/notifications/email';
const payload = { template_id: '1', movie_id: '1', user_ids: '1' };
const post = { method: 'POST', url, headers: { authorization }, payload } as const;

test.each([
  [{ openRequests: maxOpenRequests, loopDelayMs: maxLoopDelayMs, stopping: false }, null],
  [{ openRequests: maxOpenRequests + 1, loopDelayMs: 0, stopping: false }, 503],
  [{ openRequests: 1, loopDelayMs: maxLoopDelayMs + 1, stopping: false }, 503],
  [{ openRequests: 1, loopDelayMs: 0, stopping: true }, 503],
])('%j: %s', (load, status) => {
  expect(shedProblem(load)?.status ?? null).toBe(status);
});

test('the bound leaves room for those who only read', () => {
  expect(maxOpenRequests).toBeGreaterThan(maxUnsettled);
});

test('a flood is answered at once, and probes as ever', async () => {
  const published = Promise.withResolvers<Published>();
  const { app } = await buildGateway({ publish: () => published.promise, timeouts: usualTimeouts });
  const held = Array.from({ length: maxOpenRequests }, () => app.inject(post));
  const one = await rawClient(app);
  // Only headers: what is shed is shed before its body is there.
  one.socket.write(postHead({ path: url, authorization }));
  await one.until('}');
  expect(one.answered()).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n/);
  expect(one.answered()).toContain('connection: close');
  expect(bodyOf(one.answered())).toMatchObject({ detail: expect.stringContaining('Nothing was') });
  for (const path of ['/health/live', '/health/ready']) {
    expect((await app.inject({ url: path })).statusCode).toBe(200);
  }
  published.resolve({ kind: 'acknowledged' });
  for (const each of held) expect((await each).statusCode).toBe(202);
  expect((await app.inject(post)).statusCode).toBe(202);
});

test('who gives up makes room', async () => {
  const { app } = await buildGateway();
  const client = await rawClient(app);
  const begun = Array.from({ length: maxOpenRequests }, () => rawClient(app));
  for (const each of await Promise.all(begun)) {
    each.socket.write(postHead({ path: url, authorization }));
    each.socket.destroy();
    await each.closed;
  }
  client.socket.write('GET /api/v1/movies/1 HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.until('\r\n');
  expect(client.answered()).toMatch(/^HTTP\/1\.1 200 /);
});

test('an event loop that is late sheds load, but no probe', async () => {
  const { app } = await buildGateway({ loopDelayMs: () => 5000 });
  const response = await app.inject(post);
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
  expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
});

test('a person is answered with a page in both languages, a program with a problem', async () => {
  const { app } = await buildGateway({ loopDelayMs: () => 5000 });
  const accept = { accept: 'text/html,*/*' };
  const page = await app.inject({ url: '/people', headers: accept });
  expect([page.statusCode, page.headers['retry-after']]).toEqual([503, '1']);
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.body).toMatch(/Ничего не записано[\s\S]*lang="en">[\s\S]*Nothing was written/);
  const api = await app.inject({ url: '/api/v1/movies/1', headers: accept });
  expect(api.headers['content-type']).toContain('problem+json');
});

test('so it is with an address that nobody can read', async () => {
  const { app } = await buildGateway();
  const page = await app.inject({ url: '/people/%E0%A4%A', headers: { accept: 'text/html' } });
  expect(page.statusCode).toBe(400);
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).not.toContain('%E0');
});
