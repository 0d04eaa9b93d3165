import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { deploy } from '../../runtime/deploy/deploy.ts';
import { connectKafka, type KafkaClient } from '../../runtime/kafka/client.ts';
import { openTopicAdmin, type TopicSetup } from '../../runtime/kafka/topic-admin.ts';
import { createLog } from '../../runtime/log.ts';
import { schemaOf } from '../../runtime/serde.ts';
import { subjectOf, type Topic, topics } from '../../schemas/topics.ts';

const log = createLog({ level: 'silent', name: 'test' });
let kafka: KafkaClient;
let registryUrl: string;
/** Topics of the real kinds, under names that no other test has. */
let events: Topic;
let table: Topic;
let raw: Topic;
/** One that only we write. */
let own: Topic;

const run = (list: readonly Topic[]) =>
  deploy({ kafka, registryUrl, topics: list, log, clock: systemClock });

const setupOf = ({ partitions, cleanup }: Topic): TopicSetup => ({ partitions, cleanup });

async function setups(list: readonly Topic[]): Promise<ReadonlyMap<string, TopicSetup>> {
  const admin = await openTopicAdmin(kafka);
  const found = await admin.describe(list.map(({ name }) => name));
  await admin.close();
  return found;
}

async function ask(path: string, method = 'GET', body?: object): Promise<unknown> {
  const response = await fetch(`${registryUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
}

const levelOf = async (topic: Topic) =>
  ((await ask(`/config/${subjectOf(topic)}`)) as { compatibilityLevel: string }).compatibilityLevel;
const versionsOf = (topic: Topic) => ask(`/subjects/${subjectOf(topic)}/versions`);
const registerRaw = (topic: Topic, schema = schemaOf(topic)) =>
  ask(`/subjects/${subjectOf(topic)}/versions`, 'POST', { schema: JSON.stringify(schema) });
const setLevel = (topic: Topic, compatibility: string) =>
  ask(`/config/${subjectOf(topic)}`, 'PUT', { compatibility });

beforeAll(async () => {
  const infra = inject('infra');
  registryUrl = infra.schemaRegistryUrl;
  kafka = await connectKafka({ brokers: infra.kafkaBrokers, clientId: 'deploy-test', log });
});

beforeEach(() => {
  const prefix = randomUUID();
  events = { ...topics.movieAdded, name: `${prefix}-events` };
  table = { ...topics.preferences, name: `${prefix}-table` };
  own = { ...topics.notificationRequested, name: `${prefix}-own` };
  raw = { ...topics.deadLetters, name: `${prefix}-raw` };
});

afterAll(() => kafka?.close());

test('creates what is missing, as the map says, and registers what has a schema', async () => {
  const list = [events, table, raw];
  const deployed = await run(list);
  const created = list.map(({ name }) => name);
  expect(deployed).toEqual({ created, kept: [], subjects: 2 });
  const wanted = list.map((each) => [each.name, setupOf(each)] as const);
  expect(await setups(list)).toEqual(new Map(wanted));
  expect(await versionsOf(events)).toEqual([1]);
  expect(await levelOf(events)).toBe('FULL_TRANSITIVE');
  expect(await levelOf(table)).toBe('FULL_TRANSITIVE');
  expect(await versionsOf(raw)).toMatchObject({ error_code: 40401 });
});

test('a second run keeps everything and adds only what is new', async () => {
  await run([events]);
  const deployed = await run([events, table]);
  expect(deployed).toEqual({ created: [table.name], kept: [events.name], subjects: 2 });
  expect(await versionsOf(events)).toEqual([1]);
});

test('topics that differ are all told, and nothing is created, altered or registered', async () => {
  await run([events, table]);
  const before = await setups([events, table]);
  const changed = [
    { ...events, partitions: 7 },
    { ...table, partitions: 5, cleanup: 'delete' } as const,
    raw,
  ];
  const error = await run(changed).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TOPIC_MISMATCH', retryable: false });
  const { message } = error as Error;
  expect(message).toContain(`${events.name} has 2 partitions, not 7`);
  expect(message).toContain(`${table.name} has 4 partitions, not 5`);
  expect(message).toContain(`${table.name} has cleanup.policy compact, not delete`);
  expect(await setups([events, table, raw])).toEqual(before);
});

test('a schema that cannot read the old records is refused, and the old one stays', async () => {
  await run([events]);
  const other: Topic = { ...events, schema: 'EpisodeReleased' };
  await expect(run([other])).rejects.toMatchObject({
    code: 'SCHEMA_INCOMPATIBLE',
    message: expect.stringContaining(subjectOf(events)),
  });
  expect(await versionsOf(events)).toEqual([1]);
});

test('what only we write is BACKWARD_TRANSITIVE; a stricter level stays', async () => {
  await run([own]);
  expect(await levelOf(own)).toBe('BACKWARD_TRANSITIVE');
  await setLevel(own, 'FULL_TRANSITIVE');
  await run([own]);
  expect(await levelOf(own)).toBe('FULL_TRANSITIVE');
});

test('what upstream writes is raised to FULL_TRANSITIVE', async () => {
  await registerRaw(events);
  await setLevel(events, 'BACKWARD_TRANSITIVE');
  await run([events]);
  expect(await levelOf(events)).toBe('FULL_TRANSITIVE');
  expect(await versionsOf(events)).toEqual([1]);
});

type Field = { name: string; type: unknown; default?: unknown };
type Schema = { fields: Field[] };
const changed = (change: (fields: Field[]) => void): object => {
  const schema = structuredClone(schemaOf(table)) as Schema;
  change(schema.fields);
  return schema;
};
type Channels = { readonly items: { readonly symbols: string[] } };
const addSymbol = (fields: Field[]) => {
  const { type } = fields.find(({ name }) => name === 'optedOutChannels') ?? {};
  (type as Channels).items.symbols.push('push');
};

test.each([
  ['a symbol is added', addSymbol],
  [
    'a field with a default is added',
    (fields: Field[]) => fields.push({ name: 'note', type: ['null', 'string'], default: null }),
  ],
] as const)('the registry takes from upstream that %s', async (_, change) => {
  await run([table]);
  const { id } = (await registerRaw(table, changed(change))) as { id?: number };
  expect(id).toBeGreaterThan(0);
  expect(await versionsOf(table)).toEqual([1, 2]);
});

test.each([
  ['a field is taken away', (fields: Field[]) => fields.splice(0, 1)],
  [
    'a field may be null',
    (fields: Field[]) => Object.assign(fields[0] ?? {}, { type: ['null', 'string'] }),
  ],
  [
    'a number becomes longer',
    (fields: Field[]) => Object.assign(fields[3] ?? {}, { type: 'double' }),
  ],
] as const)('the registry refuses from upstream that %s', async (_, change) => {
  await run([table]);
  expect(await registerRaw(table, changed(change))).not.toHaveProperty('id');
  expect(await versionsOf(table)).toEqual([1]);
});

test('a level that would let old records become unreadable is refused, not altered', async () => {
  await registerRaw(events);
  await setLevel(events, 'FORWARD');
  await expect(run([events])).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });
  expect(await levelOf(events)).toBe('FORWARD');
});

test('a subject that a deploy left without a level, because it died, gets its level', async () => {
  await registerRaw(events);
  await run([events]);
  expect(await levelOf(events)).toBe('FULL_TRANSITIVE');
  expect(await versionsOf(events)).toEqual([1]);
});

test('two deploys at once end as one', async () => {
  const list = [events, table, raw];
  const both = await Promise.all([run(list), run(list)]);
  const names = list.map(({ name }) => name).toSorted();
  for (const { created, kept } of both) expect([...created, ...kept].toSorted()).toEqual(names);
  expect((await setups(list)).size).toBe(list.length);
  for (const topic of [events, table]) {
    expect(await versionsOf(topic)).toEqual([1]);
    expect(await levelOf(topic)).toBe('FULL_TRANSITIVE');
  }
});
