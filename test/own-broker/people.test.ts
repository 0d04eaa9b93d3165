import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHistory } from '../../connectors/postgres/start.ts';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import { startProcessors } from '../../processors/start.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { type Database, openDatabase } from '../../runtime/postgres.ts';
import type { User } from '../../schemas/generated/records.ts';
import { type Topic, topics } from '../../schemas/topics.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';
import { written } from '../scenarios/scenario.ts';
import { notification } from '../unit/connectors/postgres/records.ts';

const apiKey = { name: 'admins', secret: 'open-sesame' };
const w = world('people');
const { brother } = w;
const vera: User = {
  ...w.anna,
  id: w.id('vera'),
  fullName: 'Вера Засулич',
  email: 'vera.zasulich@example.com',
  phone: null,
  channels: ['email'],
  followedMovieIds: [brother.id],
};
const traces = ['Засулич', 'vera.zasulich@example.com'];
const personUrl = `/api/v1/people/${vera.id}`;

let system: System;
let database: Database;
let processors: Running;
let history: Running;
let gateway: Gateway;

async function call(method: string, path: string, body?: object) {
  const headers = {
    authorization: `Bearer ${apiKey.secret}`,
    ...(body && { 'content-type': 'application/json' }),
  };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${gateway.address}${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

type Story = {
  readonly outcome: string;
  readonly rule: { readonly reason: string; readonly detail: string | null } | null;
  readonly text: { readonly address: string; readonly body: string } | null;
};

/** Publishes the next episode by hand, and tells what became of it for the person. */
async function release(episode: number): Promise<Story> {
  const published = await call('POST', '/api/v1/events/episodeReleased', {
    movieId: brother.id,
    episodeId: `e-${episode}`,
    season: 1,
    episode,
    episodeTitle: 'Серия',
  });
  expect(published.status).toBe(202);
  const query = `event_id=${String(published.body['event_id'])}&user_id=${vera.id}`;
  let id = '';
  await until(`what became of episode ${episode}`, async () => {
    const { body } = await call('GET', `/api/v1/notifications?${query}`);
    const found = body['notifications'] as readonly { readonly notification_id: string }[];
    id = found[0]?.notification_id ?? '';
    return id !== '';
  });
  return (await call('GET', `/api/v1/notifications/${id}`)).body as Story;
}

beforeAll(async () => {
  system = await openSystem('people');
  const { config, log } = system;
  await system.write([...templateRows, w.user(vera), w.movie(brother)]);
  database = openDatabase({ url: config.databaseUrl, log });
  processors = await startProcessors({ config, log });
  history = await startHistory({ config, log });
  gateway = await startGateway({ config: { ...config, port: 0, apiKeys: [apiKey] }, log });
  const roles = [processors, history, gateway];
  await until('all are ready', () => roles.every((role) => role.ready()));
});

afterAll(async () => {
  await Promise.all([gateway?.stop(), history?.stop(), processors?.stop()]);
  await database?.close();
  await system?.close();
});

test('an event by hand reaches the person, and its story has the text', async () => {
  const story = await release(1);
  expect(story).toMatchObject({ outcome: 'rendered', rule: null });
  expect(story.text).toMatchObject({ address: vera.email });
  expect(story.text?.body).toContain('Засулич');
});

test('whoever opts out gets the next one no more, and the story says why', async () => {
  const wishes = { opted_out_channels: [], opted_out_events: ['episodeReleased'] };
  expect((await call('PUT', `${personUrl}/preference`, wishes)).status).toBe(200);
  expect(await release(2)).toMatchObject({
    outcome: 'suppressed',
    rule: { reason: 'optedOutEvent' },
    text: null,
  });
});

test('a suppressed address gets nothing until it is lifted', async () => {
  const wishes = { opted_out_channels: [], opted_out_events: [] };
  await call('PUT', `${personUrl}/preference`, wishes);
  await call('POST', `${personUrl}/suppressions`, { channel: 'email', reason: 'complained' });
  expect(await release(3)).toMatchObject({
    outcome: 'suppressed',
    rule: { reason: 'suppressedAddress', detail: 'complaint' },
  });
  const lift = { channel: 'email', address: vera.email, reason: 'askedByPerson' };
  expect((await call('POST', `${personUrl}/suppressions/lift`, lift)).status).toBe(200);
  expect(await release(4)).toMatchObject({ outcome: 'rendered' });
});

test('all of it is in the audit, without an address or a name', async () => {
  const entries = async () => {
    const { body } = await call('GET', `/api/v1/audit?subject_kind=user&subject_id=${vera.id}`);
    return body['entries'] as readonly { readonly action: string }[];
  };
  await until('the entries are there', async () => (await entries()).length === 4);
  expect((await entries()).map(({ action }) => action)).toEqual([
    'suppression.lifted',
    'suppression.added',
    'preference.changed',
    'preference.changed',
  ]);
  for (const trace of traces) expect(JSON.stringify(await entries())).not.toContain(trace);
});

/** How many rows of all tables of the history have a word in them. */
async function rowsWith(word: string): Promise<number> {
  const tables = await database.query<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const counts = tables.map(async ({ name }) => {
    const [found] = await database.query<{ rows: number }>`
      select count(*) as rows from ${{ texts: [name], parameters: [] }} each
      where each::text like ${`%${word}%`}`;
    return found?.rows ?? 0;
  });
  return (await Promise.all(counts)).reduce((sum, rows) => sum + rows, 0);
}

const eager = [
  ['cleanup.policy', 'compact'],
  ['segment.ms', '1'],
  ['min.cleanable.dirty.ratio', '0.001'],
  ['max.compaction.lag.ms', '1'],
  ['delete.retention.ms', '0'],
].map(([name = '', value = '']) => ({ name, value }));

/** Lets the broker clean these topics at once; by default it looks every 15 s, at old segments. */
async function compactAtOnce(compacted: readonly Topic[]): Promise<void> {
  const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;
  const { kafkaBrokers } = system.config;
  const admin = new Kafka({ brokers: [...kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const pause = [{ name: 'log.cleaner.backoff.ms', value: '100' }];
  const [nodeId = ''] = system.kafka.cluster.getNodeIds();
  const broker = { type: ConfigResourceTypes.BROKER, name: nodeId, configEntries: pause };
  const tables = compacted.map(({ name }) => {
    return { type: ConfigResourceTypes.TOPIC, name, configEntries: eager };
  });
  await admin.alterConfigs({ validateOnly: false, resources: [broker] });
  await admin.alterConfigs({ validateOnly: false, resources: tables });
  await admin.disconnect();
}

/** Rows of others in every partition: only a segment that is not the last is cleaned. */
function others(round: number) {
  return Array.from({ length: 40 }, (_, index) => `${w.id('other')}-${round}-${index}`).flatMap(
    (id) => [
      w.user({ ...vera, id, fullName: 'Пётр', email: 'petr@example.com' }),
      w.preference(id, {}),
      w.suppression(id, []),
      written(topics.erasures, id, { userId: id, erasedAt: 0 }),
    ],
  );
}

test('an erased person leaves no trace in PostgreSQL, nor in tables once compacted', async () => {
  // Texts of fan-outs lie in their lanes; of what was written to her alone there is a row.
  const { id: userId, email: address, fullName: recipientName } = vera;
  const alone = notification({ userId, address: address ?? '', recipientName });
  await system.write([written(topics.emailNotifications, userId, alone)]);
  await until('the history has her name and address', async () => {
    const found = await Promise.all(traces.map(rowsWith));
    return found.every((rows) => rows > 0);
  });
  const wrong = await call('DELETE', personUrl, { id: 'somebody' });
  expect(wrong.status).toBe(400);
  expect((await call('DELETE', personUrl, { id: vera.id })).status).toBe(202);
  await until('the history has forgotten', async () => {
    const left = await Promise.all(traces.map(rowsWith));
    return left.every((rows) => rows === 0);
  });
  await until('the tables have', async () => (await call('GET', personUrl)).status === 404);

  const compacted = [topics.users, topics.preferences, topics.suppressions, topics.erasures];
  await compactAtOnce(compacted);
  let round = 0;
  await until('the topics are compacted', async () => {
    round += 1;
    await system.write(others(round));
    const records = (await Promise.all(compacted.map((topic) => system.read(topic)))).flat();
    return !records.some(({ value }) => traces.some((trace) => value?.includes(trace)));
  });
});

test('and stays so when the history is made anew from the topics', async () => {
  await history.stop();
  await database.script('drop schema public cascade; create schema public');
  history = await startHistory({ config: system.config, log: system.log });
  await until('it is projected again', () => history.ready());
  expect(await rowsWith(vera.id)).toBeGreaterThan(0);
  for (const trace of traces) expect(await rowsWith(trace)).toBe(0);
});
