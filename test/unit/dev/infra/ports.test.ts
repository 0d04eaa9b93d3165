import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { choosePort, loopback } from '../../../../dev/infra/ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, loopback);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

test('the first candidate that is free', async () => {
  const free = await choosePort([]);
  const taken = await takenPort();
  expect(await choosePort([taken, free])).toBe(free);
});

test('any free port when all candidates are taken', async () => {
  const taken = await takenPort();
  const chosen = await choosePort([taken]);
  expect(chosen).toBeGreaterThan(0);
  expect(chosen).not.toBe(taken);
});

test('not one that is to be avoided, free as it may be', async () => {
  const free = await choosePort([]);
  expect(await choosePort([free], new Set([free]))).not.toBe(free);
});
