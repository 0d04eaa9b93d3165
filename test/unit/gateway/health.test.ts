import { expect, test } from 'vitest';
import { createHealth } from '../../../runtime/health.ts';
import { buildGateway, silentLog, tables } from './built-gateway.ts';

const source = (restored: boolean) => ({
  tables: () => (restored ? tables : null),
  progress: () => ({ restored: restored ? 9 : 4, total: 9 }),
});

test.each([
  [true, true, 200, undefined],
  [false, true, 503, ['kafka']],
  [true, false, 503, ['tables']],
  [false, false, 503, ['kafka', 'tables']],
])('Kafka answers %s, tables read %s: %i', async (answers, restored, status, missing) => {
  const { app } = await buildGateway({
    source: source(restored),
    kafkaAnswers: async () => answers,
  });
  const response = await app.inject({ url: '/health/ready' });
  expect(response.statusCode).toBe(status);
  expect(response.json().missing).toEqual(missing);
  expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
});

test('what is not ready says how far it is', async () => {
  const { app } = await buildGateway({ source: source(false) });
  const response = await app.inject({ url: '/health/ready' });
  expect(response.headers['retry-after']).toBeDefined();
  expect(response.json().progress).toEqual({ restored: 4, total: 9 });
});

test('what an operator should mend is told, and is no reason to take traffic away', async () => {
  const health = createHealth(silentLog);
  const { app } = await buildGateway({ health });
  const ready = async () => (await app.inject({ url: '/health/ready' })).json();
  expect(await ready()).toEqual({ status: 'ready', conditions: [] });
  health.set({ code: 'WRONG_PARTITION', subject: 'users-3', count: 2 });
  const message = expect.stringContaining('partitioner');
  const condition = { code: 'WRONG_PARTITION', subject: 'users-3', count: 2, message };
  expect((await app.inject({ url: '/health/ready' })).statusCode).toBe(200);
  expect(await ready()).toEqual({ status: 'degraded', conditions: [condition] });
  health.set({ code: 'WRONG_PARTITION', subject: 'users-3', count: 0 });
  expect(await ready()).toEqual({ status: 'ready', conditions: [] });
});
