import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { authorization, buildGateway } from './built-gateway.ts';

test('a line says what was asked and how it ended, and nothing about people', async () => {
  const lines: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(chunk.toString());
    done();
  };
  const log = pino({ level: 'info' }, new Writable({ write }));
  const { app } = await buildGateway({
    log,
    history: { requestOf: () => Promise.reject(new Error('broken')) },
  });
  const headers = { authorization, 'idempotency-key': 'secret-key' };
  const payload = { template_id: '1', movie_id: '1', user_ids: 'anna-of-moscow' };
  const url = '/api/v1/notifications/email';
  await app.inject({ method: 'POST', url, headers, payload });
  await app.inject({ url: '/api/v1/users/anna-of-moscow?token=1', headers });
  await app.inject({ url: '/anna-of-moscow' });
  await app.inject({ url: '/api/v1/requests/anna-of-moscow', headers });
  await app.inject({ url: '/health/live' });

  const answered = lines
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === 'answered')
    .map(({ method, route, status }) => `${method} ${route} ${status}`);
  expect(answered).toEqual([
    'POST /api/v1/notifications/email 202',
    'GET /api/v1/users/:id 404',
    'GET /* 404',
    'GET /api/v1/requests/:id 500',
  ]);
  expect(lines.join()).toContain('broken');
  expect(lines.join()).not.toMatch(/anna-of-moscow|open-sesame|secret-key|token/);
});
