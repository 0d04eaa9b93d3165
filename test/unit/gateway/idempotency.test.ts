import { expect, test } from 'vitest';
import { authorization, buildGateway } from './built-gateway.ts';

const headers = { authorization, 'idempotency-key': 'k-1' };
const letter = { template_id: '1', movie_id: '1', user_ids: '1' };

test('PostgreSQL away: a request is taken, for its id comes from the key', async () => {
  const { app, written } = await buildGateway();
  const url = '/api/v1/notifications/email';
  const post = () => app.inject({ method: 'POST', url, headers, payload: letter });
  const answers = [await post(), await post()];
  for (const { statusCode } of answers) expect(statusCode).toBe(202);
  expect(answers[1]?.body).toBe(answers[0]?.body);
  expect(new Set(written.map(({ requestId }) => requestId)).size).toBe(1);
});

test('PostgreSQL away: what could be done twice is not done', async () => {
  const { app } = await buildGateway();
  const payload = { name: 'x', scopes: ['admin'] };
  const response = await app.inject({ method: 'POST', url: '/api/v1/api-keys', headers, payload });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('5');
});

test('every write of the API says that it takes an Idempotency-Key', async () => {
  const { app } = await buildGateway();
  const { paths } = (await app.inject({ url: '/docs/json' })).json();
  const operations = Object.entries<Record<string, object>>(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, it]) => ({
      name: `${method} ${path}`,
      text: JSON.stringify(it),
    })),
  );
  const takes = operations.filter(({ text }) => text.includes('"idempotency-key"'));
  const writes = operations.filter(({ name }) => /^(post|put|patch) \/api\/v1\//.test(name));
  expect(writes.length).toBeGreaterThan(5);
  expect(takes).toEqual(writes);
});
