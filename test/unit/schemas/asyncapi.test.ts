import { readFileSync } from 'node:fs';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../runtime/config.ts';
import { deadLetterHeaders } from '../../../runtime/dead-letter.ts';
import { schemaOf } from '../../../runtime/serde.ts';
import { asyncApiFile, renderAsyncApi } from '../../../schemas/generate-asyncapi.ts';
import { allTopics, topics } from '../../../schemas/topics.ts';

type Json = { [key: string]: Json } & readonly Json[];

// The specification's schema brings draft 7 with it, which ajv would otherwise have twice.
const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
addFormats.default(ajv);
const fitsSpecification = ajv.compile(specs.schemas['3.0.0'] as object);

const text = readFileSync(asyncApiFile, 'utf8');
const committed = parse(text) as Json;

/** What a reference names; undefined when there is nothing. */
const resolve = (document: Json, ref: string): Json | undefined =>
  ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<Json | undefined>((found, part) => found?.[part], document);

function* refsIn(value: unknown): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') yield inner;
    else yield* refsIn(inner);
  }
}

/** What is wrong with a document, in words: by the specification's schema, and beyond it. */
function problemsOf(document: Json): string[] {
  fitsSpecification(document);
  const problems = (fitsSpecification.errors ?? []).map((each) => {
    return `${each.instancePath} ${each.message}`;
  });
  for (const ref of refsIn(document)) {
    if (resolve(document, ref) === undefined) problems.push(`${ref} names nothing`);
  }
  // A message of an operation must be one of its channel's (AsyncAPI 3.0, Operation Object).
  for (const [name, operation] of Object.entries(document['operations'] ?? {})) {
    const own = `${String(operation['channel']?.['$ref'])}/messages/`;
    for (const each of operation['messages'] ?? []) {
      if (!String(each['$ref']).startsWith(own)) problems.push(`${name} has another's message`);
    }
  }
  return problems;
}

/** The object at a path of a document. */
function at(document: Json, path: string): Record<string, unknown> {
  const found = resolve(document, path);
  if (found === undefined) throw new Error(`the document has no ${path}`);
  return found as unknown as Record<string, unknown>;
}

describe('the check sees', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['another version', '', { asyncapi: '2.6.0' }],
    ['a key that AsyncAPI does not know', '', { topics: {} }],
    ['no title', 'info', { title: undefined }],
    ['a server without protocol', 'servers/kafka', { protocol: undefined }],
    ['an action of AsyncAPI 2', 'operations/receiveUsers', { action: 'publish' }],
    ['no partitions', 'channels/users/bindings/kafka', { partitions: 0 }],
    [
      'days for milliseconds',
      'channels/movie-added/bindings/kafka/topicConfiguration',
      {
        'retention.ms': '365 days',
      },
    ],
    [
      'a text for a list',
      'channels/users/bindings/kafka/topicConfiguration',
      {
        'cleanup.policy': 'compact',
      },
    ],
    [
      'an unknown place of the id',
      'components/messages/User/bindings/kafka',
      {
        schemaIdLocation: 'value',
      },
    ],
    ['a key that is no schema', 'components/messages/User/bindings/kafka', { key: 'userId' }],
    ['a record without fields', 'components/schemas/User/schema', { fields: undefined }],
    ['an enum of a number', 'components/schemas/User/schema/fields/7/type/items', { symbols: [1] }],
    [
      'a message that is nowhere',
      'channels/users/messages/User',
      {
        $ref: '#/components/messages/Person',
      },
    ],
    [
      'the message of another channel',
      'operations/receiveUsers',
      {
        messages: [{ $ref: '#/channels/movies/messages/Movie' }],
      },
    ],
  ])('%s', (_, path, wrong) => {
    const document = structuredClone(committed);
    Object.assign(path === '' ? document : at(document, path), wrong);
    expect(problemsOf(JSON.parse(JSON.stringify(document)))).not.toEqual([]);
  });
});

test('the committed document is AsyncAPI 3', () => {
  expect(problemsOf(committed)).toEqual([]);
});

test('it is what `npm run generate` writes from the map and the schemas as they are now', () => {
  expect(text).toBe(renderAsyncApi());
});

test('every topic of the map is a channel, kept and cut as the map says', () => {
  const channels = Object.entries(committed['channels'] ?? {});
  expect(channels.map(([name]) => name)).toEqual(allTopics.map(({ name }) => name));
  const users = channels.find(([name]) => name === topics.users.name)?.[1];
  expect(users?.['bindings']?.['kafka']).toEqual({
    topic: 'users',
    partitions: 4,
    topicConfiguration: { 'cleanup.policy': ['compact'], 'delete.retention.ms': 604_800_000 },
    bindingVersion: '0.5.0',
  });
});

test('an upstream service reads from the operations what is its to write, and nothing else', () => {
  const operations = Object.values(committed['operations'] ?? {});
  const by = (action: string) =>
    operations
      .filter((each) => String(each['action']) === action)
      .map((each) => String(each['channel']?.['$ref']).replace('#/channels/', ''));
  const upstream = allTopics.filter(({ writers }) => writers.includes('upstream'));
  expect(by('receive')).toEqual(upstream.map(({ name }) => name));
  const ours = allTopics.filter(({ writers }) => writers.some((role) => role !== 'upstream'));
  expect(by('send')).toEqual(ours.map(({ name }) => name));
});

test('a payload is the schema that `npm run deploy` registers', () => {
  for (const topic of allTopics) {
    const registered = schemaOf(topic);
    if (registered === null) continue;
    const schema = resolve(committed, `components/schemas/${topic.schema}/schema`);
    expect([topic.name, schema]).toEqual([topic.name, registered]);
  }
});

test('a table can be told of a deletion, an event cannot', () => {
  for (const { name, cleanup } of allTopics) {
    const messages = Object.keys(at(committed, `channels/${name}/messages`));
    expect([name, messages.includes('DeletedRow')]).toEqual([name, cleanup === 'compact']);
  }
});

test('topics that carry the same record have the same kind of key', () => {
  for (const carriers of Map.groupBy(allTopics, ({ schema }) => schema).values()) {
    const keys = carriers.map(({ key, keyField }) => `${key} ${keyField}`);
    expect(keys).toEqual(keys.map(() => keys[0]));
  }
});

test('the headers of a dead letter are those that are written', () => {
  const told = at(committed, 'components/messages/DeadLetter/headers/properties');
  expect(Object.keys(told).toSorted()).toEqual(Object.values(deadLetterHeaders).toSorted());
});

test('the addresses are those that a role has without any settings', () => {
  const { kafkaBrokers, schemaRegistryUrl } = loadConfig({});
  const kafka = committed['servers']?.['kafka'];
  expect(kafka?.['variables']?.['brokers']?.['default']).toBe(kafkaBrokers.join());
  expect(kafka?.['bindings']?.['kafka']?.['schemaRegistryUrl']).toBe(schemaRegistryUrl);
});
