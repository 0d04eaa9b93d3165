import { expect, test } from 'vitest';
import { authorization, buildGateway } from './built-gateway.ts';

const secret = `vst_${'x'.repeat(43)}`;
const url = '/api/v1/users/1';

test('PostgreSQL away: a key that may be one waits, whatever it asks for', async () => {
  const { app } = await buildGateway();
  const response = await app.inject({ url, headers: { authorization: `Bearer ${secret}` } });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('5');
  expect(response.json().detail).toContain('API_KEYS');
});

test('PostgreSQL away: keys in API_KEYS go on working', async () => {
  const { app } = await buildGateway();
  expect((await app.inject({ url, headers: { authorization } })).statusCode).toBe(200);
});

test('what is no secret of ours is nobody’s, without a look at PostgreSQL', async () => {
  const { app } = await buildGateway();
  const headers = { authorization: `Bearer ${secret}y` };
  expect((await app.inject({ url, headers })).statusCode).toBe(401);
});
