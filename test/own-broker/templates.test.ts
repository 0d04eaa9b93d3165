import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import type { CrashPoint } from '../../runtime/crash-point.ts';
import { topics } from '../../schemas/topics.ts';
import { spawnRole } from '../integration/support/child-process.ts';
import { type HttpClient, httpClient } from '../integration/support/http-client.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';

const anna = { name: 'Анна', secret: 'secret-of-anna' };
const ivan = { name: 'Иван', secret: 'secret-of-ivan' };

let system: System;
const gateways: Gateway[] = [];
/** Anna at one gateway, Ivan at the other. */
let clients: readonly [HttpClient, HttpClient];

const draft = {
  event_type: 'movieAdded',
  channel: 'sms',
  locale: 'ru',
  texts: [{ locale: 'ru', body: 'Новое: {{ movie_title }}' }],
};

beforeAll(async () => {
  system = await openSystem('templates');
  for (const name of ['first', 'second']) {
    const dataDir = join(system.config.dataDir, name);
    const config = { ...system.config, port: 0, apiKeys: [anna, ivan], dataDir };
    gateways.push(await startGateway({ config, log: system.log }));
  }
  await until('both gateways are ready', () => gateways.every((each) => each.ready()));
  const [first, second] = gateways.map(({ address }) => address);
  clients = [httpClient(`${first}`, anna.secret), httpClient(`${second}`, ivan.secret)];
});

afterAll(async () => {
  for (const each of gateways) await each.stop();
  await system?.close();
});

/** What readers of committed records find of a template: how many records of which kind. */
async function recordsOf(id: string) {
  const versions = await system.readValues(topics.templateVersions);
  const heads = await system.readValues(topics.templateDrafts);
  const rows = await system.readValues(topics.templates);
  const audit = await system.readValues(topics.audit);
  return {
    versions: versions.filter((each) => each.templateId === id).map(({ version }) => version),
    ended: heads.filter((each) => each.templateId === id && each.state === 'ended').length,
    rows: rows.filter((each) => each.id === id).map(({ version }) => version),
    audited: audit
      .filter((each) => each.subjectId === id && each.action === 'template.published')
      .map(({ actorName }) => actorName),
  };
}

const nothing = { versions: [], ended: 0, rows: [], audited: [] };
const published = (name: string) => ({ versions: [1], ended: 1, rows: [1], audited: [name] });

async function begin(id: string): Promise<void> {
  const made = await clients[0].post('/api/v1/templates', { ...draft, id });
  expect(made.status).toBe(201);
  const path = `/api/v1/templates/${id}/draft`;
  await until('both see it', async () => (await clients[1].get(path)).status === 200);
}

const publish = (client: HttpClient, id: string) =>
  client.post(`/api/v1/templates/${id}/publish`, { revision: 1, note: 'Первая' });

test('what is published is read at once, and has its four records', async () => {
  await begin('once');
  const done = await publish(clients[0], 'once');
  expect(done).toMatchObject({ status: 200, body: { version: { version: 1, note: 'Первая' } } });
  const read = await clients[0].get('/api/v1/templates/once');
  expect(read.body).toMatchObject({ version: 1, params: ['movie_title'] });
  expect(await recordsOf('once')).toEqual(published('Анна'));
});

test('of two who publish a draft at two gateways one wins, the other learns who', async () => {
  for (const id of ['race-1', 'race-2', 'race-3']) {
    await begin(id);
    const answers = await Promise.all(clients.map((client) => publish(client, id)));
    const names = [anna.name, ivan.name];
    const [winner = 0, loser = 1] = answers[0]?.status === 200 ? [0, 1] : [1, 0];
    expect([answers[winner]?.status, answers[loser]?.status]).toEqual([200, 409]);
    expect(answers[loser]?.body['conflict']).toMatchObject({ by: names[winner] });
    expect(await recordsOf(id)).toEqual(published(`${names[winner]}`));
  }
});

test('of two who end a draft at two gateways one is too late', async () => {
  await begin('drafts');
  const save = (client: HttpClient) =>
    client.post('/api/v1/templates/drafts/draft/discard', { revision: 1 });
  const statuses = (await Promise.all(clients.map(save))).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 404]));
});

/** Begins a shared part, or a draft of its next version, and waits until both gateways see it. */
async function writePart(id: string, body: string): Promise<number> {
  const [first, second] = clients;
  const path = `/api/v1/template-parts/${id}`;
  const texts = [{ locale: 'ru', body }];
  const { status, body: before } = await first.get(path);
  const saved =
    status === 404
      ? await first.post('/api/v1/template-parts', { id, channel: 'sms', texts })
      : await first.put(`${path}/draft`, { revision: before['revision'], texts });
  const { revision } = saved.body;
  await until('both see it', async () => (await second.get(path)).body['revision'] === revision);
  return Number(revision);
}

async function publishPart(client: HttpClient, id: string, revision: number) {
  return client.post(`/api/v1/template-parts/${id}/publish`, { revision });
}

test('a text is put together of the parts that there are when it is published', async () => {
  const [first, second] = clients;
  await publishPart(first, 'race', await writePart('race', 'Версия 1'));
  for (const count of [2, 3, 4]) {
    const id = `with-part-${count}`;
    const texts = [{ locale: 'ru', body: '{{ movie_title }}: {{> race}}' }];
    await first.post('/api/v1/templates', { ...draft, id, texts });
    const revision = await writePart('race', `Версия ${count}`);
    const seen = `/api/v1/templates/${id}/draft`;
    await until('both see it', async () => (await second.get(seen)).status === 200);
    const [part, whole] = await Promise.all([
      publishPart(first, 'race', revision),
      publish(second, id),
    ]);
    expect(part.status).toBe(200);
    // The other one won, and said that it was looked at with a part that is there no more.
    expect([200, 503]).toContain(whole.status);
    await until('it is published', async () => {
      const again = await publish(second, id);
      return again.status === 409 || again.status === 200;
    });
    const versions = await system.readValues(topics.templateVersions);
    const version = versions.findLast(({ templateId }) => templateId === id);
    const used = version?.parts[0]?.version;
    expect(version?.texts[0]?.body).toBe(`{{ movie_title }}: Версия ${used}`);
    expect([count - 1, count]).toContain(used);
  }
  const uses = await first.get('/api/v1/template-parts/race/uses');
  expect(uses.body).toMatchObject({ templates: [{}, {}, { published_with: 4 }] });
});

test('what was published with an older part is published again, all at once', async () => {
  const [first] = clients;
  await publishPart(first, 'foot', await writePart('foot', 'Первый'));
  for (const id of ['renewed-1', 'renewed-2']) {
    const texts = [{ locale: 'ru', body: '{{ movie_title }}: {{> foot}}' }];
    await first.post('/api/v1/templates', { ...draft, id, texts });
    expect((await publish(first, id)).status).toBe(200);
  }
  await publishPart(first, 'foot', await writePart('foot', 'Второй'));
  const rows = await system.readValues(topics.templates);
  expect(rows.findLast(({ id }) => id === 'renewed-2')).toMatchObject({ version: 1 });
  const renewed = await first.post('/api/v1/template-parts/foot/renew', { count: 2 });
  expect(renewed).toMatchObject({ status: 200, body: { refused: [] } });
  for (const id of ['renewed-1', 'renewed-2']) {
    const read = await first.get(`/api/v1/templates/${id}`);
    expect(read.body).toMatchObject({ version: 2, texts: [{ body: '{{ movie_title }}: Второй' }] });
    expect((await recordsOf(id)).versions).toEqual([1, 2]);
  }
});

describe('a gateway that is killed while it publishes', () => {
  const points: readonly (readonly [CrashPoint, 'nothing' | 'all'])[] = [
    ['afterInit', 'nothing'],
    ['afterAddPartitions', 'nothing'],
    ['afterSend', 'nothing'],
    ['beforeCommit', 'nothing'],
    ['afterCommit', 'all'],
  ];

  test.each(points)('at %s leaves %s of it', async (point, expected) => {
    const id = `killed-${point}`;
    await begin(id);
    const running = spawnRole('gateway/main.ts', [], {
      ...system.environment,
      VESTNIK_DATA_DIR: join(system.config.dataDir, point),
      VESTNIK_CRASH_AT: `${point}:1`,
      API_KEYS: `Mortal:mortal`,
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
      publish(mortal, id).then(
        () => false,
        () => true,
      );
    await until('it is killed', dies);
    await running.ended;
    expect(running.output()).toContain(`crash point ${point}`);

    // The next one to take the pen ends what the dead one had open.
    const next = await publish(clients[1], id);
    const all = expected === 'all';
    expect(next.status).toBe(all ? 409 : 200);
    expect(await recordsOf(id)).toEqual(published(all ? 'Mortal' : ivan.name));
  });
});

test('a draft that was begun and never published has no row', async () => {
  await begin('begun');
  expect(await recordsOf('begun')).toEqual(nothing);
});
