import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import type { CrashPoint } from '../../runtime/crash-point.ts';
import { topics } from '../../schemas/topics.ts';
import { spawnRole } from '../integration/support/child-process.ts';
import { type HttpClient, httpClient } from '../integration/support/http-client.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { world } from '../scenarios/fixtures.ts';

const apiKey = { name: 'admins', secret: 'open-sesame' };
const w = world('people-pens');
const ids = ['race-1', 'race-2', 'race-3', 'mixed', 'dead-1', 'dead-2', 'dead-3', 'dead-4'];

let system: System;
const gateways: Gateway[] = [];
let clients: readonly [HttpClient, HttpClient];

beforeAll(async () => {
  system = await openSystem('people-pens');
  await system.write(ids.map((id) => w.user({ ...w.anna, id: w.id(id) })));
  for (const name of ['first', 'second']) {
    const dataDir = join(system.config.dataDir, name);
    const config = { ...system.config, port: 0, apiKeys: [apiKey], dataDir };
    gateways.push(await startGateway({ config, log: system.log }));
  }
  await until('both gateways are ready', () => gateways.every((each) => each.ready()));
  const [first, second] = gateways.map(({ address }) => httpClient(`${address}`, apiKey.secret));
  clients = [first as HttpClient, second as HttpClient];
});

afterAll(async () => {
  for (const each of gateways) await each.stop();
  await system?.close();
});

const suppress = (client: HttpClient, id: string, address: string) =>
  client.post(`/api/v1/people/${w.id(id)}/suppressions`, {
    channel: 'email',
    reason: 'bounced',
    address,
  });

/** What readers of committed records find of a person: the newest row, and all entries. */
async function writtenOf(id: string) {
  const rows = await system.readValues(topics.suppressions);
  const row = rows.findLast(({ userId }) => userId === w.id(id));
  const entries = await system.readValues(topics.audit);
  return {
    addresses: (row?.addresses ?? []).map(({ address }) => address).toSorted(),
    entries: entries.filter(({ subjectId }) => subjectId === w.id(id)).length,
  };
}

test('of two changes of one person at two gateways none is lost', async () => {
  const addresses = ['a@example.com', 'b@example.com'];
  for (const id of ['race-1', 'race-2', 'race-3']) {
    const answers = await Promise.all(
      clients.map((client, at) => suppress(client, id, `${addresses[at]}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await writtenOf(id)).toEqual({ addresses, entries: 2 });
  }
});

test('wishes and suppressions of one person do not hinder each other', async () => {
  const wishes = { opted_out_channels: ['sms'], opted_out_events: [] };
  const path = `/api/v1/people/${w.id('mixed')}`;
  const answers = await Promise.all([
    suppress(clients[0], 'mixed', 'a@example.com'),
    clients[1].put(`${path}/preference`, wishes),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  await until('both see both', async () => {
    const read = await Promise.all(clients.map((client) => client.get(path)));
    return read.every(({ body }) => {
      const suppressions = body['suppressions'] as readonly unknown[];
      return suppressions.length === 1 && body['preference'] !== null;
    });
  });
  expect((await writtenOf('mixed')).entries).toBe(2);
});

describe('a gateway that is killed while it changes a person', () => {
  const points: readonly (readonly [CrashPoint, string, number])[] = [
    ['afterInit', 'dead-1', 0],
    ['afterSend', 'dead-2', 0],
    ['beforeCommit', 'dead-3', 0],
    ['afterCommit', 'dead-4', 1],
  ];

  test.each(points)('at %s: the row of %s and its entry are both there, or none', async (...of) => {
    const [point, id, expected] = of;
    const running = spawnRole('gateway/main.ts', [], {
      ...system.environment,
      VESTNIK_DATA_DIR: join(system.config.dataDir, point),
      VESTNIK_CRASH_AT: `${point}:1`,
      API_KEYS: 'mortal:mortal',
      PORT: '0',
      LOG_LEVEL: 'info',
    });
    onTestFinished(() => running.kill());
    const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(running.output())?.[0];
    await until('it listens', () => address() !== undefined);
    const mortal = httpClient(`${address()}`, 'mortal');
    await until('it is ready', async () => (await mortal.get('/health/ready')).status === 200);
    // A process that just began may be too busy to take it at once.
    const dies = () =>
      suppress(mortal, id, 'dead@example.com').then(
        () => false,
        () => true,
      );
    await until('it is killed', dies);
    await running.ended;
    expect(running.output()).toContain(`crash point ${point}`);

    // The next one to take the pen ends what the dead one had open.
    expect((await suppress(clients[1], id, 'next@example.com')).status).toBe(200);
    const dead = expected === 1 ? ['dead@example.com'] : [];
    expect(await writtenOf(id)).toEqual({
      addresses: [...dead, 'next@example.com'],
      entries: expected + 1,
    });
  });
});
