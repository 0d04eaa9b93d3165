import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { createHealth, type Health } from '../../../runtime/health.ts';
import { openHealthServer } from '../../../runtime/health-server.ts';
import { createLog } from '../../../runtime/log.ts';

const silentLog = createLog({ level: 'silent', name: 'test' });

type Opened = { readonly address: string; readonly health: Health };

async function open(ready: () => boolean = () => true): Promise<Opened> {
  const health = createHealth(silentLog);
  const options = { host: '127.0.0.1', port: 0, health, ready, log: silentLog };
  const server = await openHealthServer(options);
  onTestFinished(() => server.close());
  return { address: server.address, health };
}

/** Waits for a report that says so; the bound is that of the test. */
async function until(url: string, wanted: (text: string) => boolean): Promise<string> {
  for (;;) {
    const text = await (await fetch(url)).text();
    if (wanted(text)) return text;
  }
}

test('it answers while the main thread does nothing but wait', async () => {
  const { address } = await open();
  const ask = `fetch('${address}/health/live').then((r) => r.text()).then(console.log)`;
  // This blocks the thread that runs the test, until another one has answered.
  const asked = spawnSync(process.execPath, ['-e', ask], { timeout: 20_000 });
  expect(JSON.parse(String(asked.stdout))).toEqual({ status: 'live' });
});

test('it says what it is told: ready, conditions, counters', async () => {
  let isReady = false;
  const { address, health } = await open(() => isReady);
  expect((await fetch(`${address}/health/ready`)).status).toBe(503);
  expect((await fetch(`${address}/health/live`)).status).toBe(200);
  isReady = true;
  health.count('dead_letters', { topic: 'users' }, 3);
  health.set({ code: 'ROW_UNREADABLE', subject: 'users-1', count: 4 });
  const text = await until(`${address}/health/ready`, (it) => it.includes('degraded'));
  expect(JSON.parse(text).conditions).toEqual(health.conditions());
  const metrics = await (await fetch(`${address}/metrics`)).text();
  expect(metrics).toContain('vestnik_dead_letters_total{topic="users"} 3\n');
  expect(metrics).toContain('vestnik_condition{code="ROW_UNREADABLE",subject="users-1"} 4\n');
});

test('other methods and paths are refused', async () => {
  const { address } = await open();
  const post = await fetch(`${address}/metrics`, { method: 'POST', body: 'x' });
  expect({ status: post.status, allow: post.headers.get('allow') }).toEqual({
    status: 405,
    allow: 'GET, HEAD',
  });
  expect((await fetch(`${address}/`)).status).toBe(404);
});

test('a port that is taken is said', async () => {
  const { address } = await open();
  const port = Number(new URL(address).port);
  const health = createHealth(silentLog);
  const options = { host: '127.0.0.1', port, health, ready: () => true, log: silentLog };
  await expect(openHealthServer(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
