import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import type { Config } from '../../runtime/config.ts';
import type { NotificationRequested } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { spawnRole } from '../integration/support/child-process.ts';
import { type HttpClient, httpClient } from '../integration/support/http-client.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templates, world } from '../scenarios/fixtures.ts';
import { written } from '../scenarios/scenario.ts';

const apiKey = { name: 'admins', secret: 'open-sesame' };
const { anna, brother, id, user, movie, comment } = world('gateway');
const [emailTemplate] = templates.filter((each) => each.id === 't-request-email');
const email = '/api/v1/notifications/email';

let system: System;
let gateway: Gateway;
let client: HttpClient;

async function start(changes: Partial<Config> = {}): Promise<Gateway> {
  const config = { ...system.config, port: 0, apiKeys: [apiKey], ...changes };
  return startGateway({ config, log: system.log });
}

/** The template of the seed's example, of whatever id and version. */
const template = (templateId: string, version = 1) =>
  written(topics.templates, templateId, {
    ...(emailTemplate as (typeof templates)[number]),
    id: templateId,
    version,
  });

async function recordsOf(requestId: string): Promise<NotificationRequested[]> {
  const all = await system.readValues(topics.notificationRequested);
  return all.filter((each) => each.requestId === requestId);
}

beforeAll(async () => {
  system = await openSystem('gateway');
  await system.write([
    template('1'),
    written(topics.movies, '1', { ...brother, id: '1' }),
    user(anna),
    movie(brother),
    comment(anna.id),
  ]);
  gateway = await start();
  client = httpClient(gateway.address, apiKey.secret);
  await until('the gateway is ready', () => gateway.ready());
});

afterAll(async () => {
  await gateway?.stop();
  await system?.close();
});

test("the seed's example is acknowledged, and Kafka has what was asked", async () => {
  const answer = await client.post(email, { template_id: '1', movie_id: '1', user_ids: '1, 2, 3' });
  expect(answer.status).toBe(202);
  const requestId = String(answer.body['request_id']);
  expect(answer.headers.get('location')).toBe(`/api/v1/requests/${requestId}`);
  expect(await recordsOf(requestId)).toEqual([
    {
      requestId,
      channel: 'email',
      templateId: '1',
      movieId: '1',
      userIds: ['1', '2', '3'],
      audience: null,
      template: null,
      requestedBy: 'admins',
      requestedAt: expect.any(Number),
    },
  ]);
  const keys = (await system.read(topics.notificationRequested)).map(({ key }) => String(key));
  expect(keys).toContain(requestId);
});

test('a repeated call gets the same answer, and is one record', async () => {
  const body = { template_id: '1', movie_id: '1', audience: 'all' };
  const headers = { 'idempotency-key': 'gateway-test' };
  const first = await client.post(email, body, headers);
  const second = await client.post(email, body, headers);
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  const records = await recordsOf(String(first.body['request_id']));
  expect(records.map(({ audience }) => audience)).toEqual(['all']);
});

test('many calls at once are all acknowledged, each with a record', async () => {
  const calls = Array.from({ length: 100 }, (_, index) =>
    client.post(email, { template_id: '1', movie_id: '1', user_ids: String(index) }),
  );
  const ids = (await Promise.all(calls)).map(({ body }) => body['request_id']);
  const kept = new Set((await system.readValues(topics.notificationRequested)).map(idOf));
  expect(new Set(ids).size).toBe(calls.length);
  expect(ids.filter((each) => !kept.has(String(each)))).toEqual([]);
});

const idOf = ({ requestId }: NotificationRequested) => requestId;

test('a dry run finds the people in the tables, and writes nothing', async () => {
  const before = (await system.read(topics.notificationRequested)).length;
  const people = { user_ids: `${anna.id}, nobody` };
  const answer = await client.post(email, {
    template_id: '1',
    movie_id: '1',
    ...people,
    dry_run: true,
  });
  expect(answer).toMatchObject({
    status: 200,
    body: { people: 2, channels: [{ written: 1, against: { unknownUser: 1 } }] },
  });
  const followers = { audience: `movie:${brother.id}`, dry_run: true };
  const counted = await client.post(email, { template_id: '1', movie_id: '1', ...followers });
  expect(counted.body).toMatchObject({ people: 1, channels: [{ written: 1 }] });
  expect((await system.read(topics.notificationRequested)).length).toBe(before);
});

test('an announcement is a record for each channel, with its text inside', async () => {
  const texts = { ru: { subject: 'Профилактика', body: '{{ user_full_name }}, ночью' } };
  const announcement = { channels: ['email', 'sms'], texts, audience: 'all' };
  const answer = await client.post('/api/v1/announcements', announcement);
  expect(answer.status).toBe(202);
  const requests = answer.body['requests'] as readonly { readonly request_id: string }[];
  const written = (await Promise.all(requests.map((each) => recordsOf(each.request_id)))).flat();
  expect(written.map(({ channel, template }) => [channel, template?.texts[0]?.body])).toEqual([
    ['email', '<p>{{ user_full_name }}, ночью</p>'],
    ['sms', '{{ user_full_name }}, ночью'],
  ]);
});

test('a text that is tried is in the direct lane once, however often it is asked for', async () => {
  const path = '/api/v1/templates/1/tests';
  const headers = { 'idempotency-key': 'tried' };
  const first = await client.post(path, { address: 'editor@example.com' }, headers);
  const second = await client.post(path, { address: 'editor@example.com' }, headers);
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.body).toEqual(first.body);
  const sent = (await system.readValues(topics.emailNotifications)).filter(({ test }) => test);
  expect(sent.map(({ notificationId }) => notificationId)).toEqual([first.body['notification_id']]);
  const audited = await system.readValues(topics.audit);
  expect(audited.map(({ action }) => action)).toContain('template.tested');
});

test('rows are answered from the topics', async () => {
  const paths = [
    [`/api/v1/movies/${brother.id}`, { title: 'Брат' }],
    [`/api/v1/users/${anna.id}`, { full_name: 'Анна Каренина', email: anna.email }],
    [`/api/v1/comments/${id('comment')}`, { author_id: anna.id }],
    ['/api/v1/templates/1', { jinja_params: ['user_full_name', 'movie_title'] }],
  ] as const;
  for (const [path, expected] of paths)
    expect((await client.get(path)).body).toMatchObject(expected);
});

test('a template published later is seen, and so is its next version', async () => {
  const templateId = id('later');
  const path = `/api/v1/templates/${templateId}`;
  const body = { template_id: templateId, movie_id: '1', user_ids: '1' };
  expect((await client.get(path)).status).toBe(404);
  expect((await client.post(email, body)).status).toBe(404);

  await system.write([template(templateId)]);
  await until('the template is there', async () => (await client.get(path)).status === 200);
  expect((await client.post(email, body)).status).toBe(202);

  await system.write([template(templateId, 2)]);
  await until('its next version is', async () => (await client.get(path)).body['version'] === 2);
});

test('in production it starts without keys, and lets nobody in without one', async () => {
  const dataDir = join(system.config.dataDir, 'keyless');
  const keyless = await start({ production: true, apiKeys: [], dataDir });
  onTestFinished(() => keyless.stop());
  const stranger = httpClient(keyless.address, apiKey.secret);
  const asked = await stranger.post(email, { template_id: '1', movie_id: '1', user_ids: '1' });
  expect(asked.status).toBe(401);
  expect((await stranger.get('/api/v1/users/1')).status).toBe(401);
});

test('a port that is taken is said at once', async () => {
  const port = Number(new URL(gateway.address).port);
  const dataDir = join(system.config.dataDir, 'second');
  await expect(start({ port, dataDir })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

describe('as a process', () => {
  test('it serves under plain Node and stops in order', async () => {
    const environment = {
      ...system.environment,
      VESTNIK_DATA_DIR: join(system.config.dataDir, 'process'),
      API_KEYS: 'admins:open-sesame',
      PORT: '0',
      LOG_LEVEL: 'info',
    };
    const running = spawnRole('gateway/main.ts', [], environment);
    onTestFinished(() => running.kill());
    const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(running.output())?.[0];
    await until('it listens', () => address() !== undefined);
    const other = httpClient(String(address()), apiKey.secret);
    expect((await other.get('/health/live')).body).toEqual({ status: 'live' });
    await until('it is ready', async () => (await other.get('/health/ready')).status === 200);
    expect((await other.get('/api/v1/movies/1')).status).toBe(200);
    expect(await running.stop()).toBe(0);
  });
});
