import { describe, expect, test } from 'vitest';
import { authorization } from '../built-gateway.ts';
import { askPanel, nobody } from '../panel/asked-panel.ts';
import {
  nameOf,
  pathOf,
  type Route,
  type RoutedGateway,
  routedGateway,
  textsOf,
} from './routed-gateway.ts';

type Schema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly Readonly<Record<string, unknown>>[];
};

const parts = ['oneOf', 'anyOf', 'allOf'] as const;

/** The objects of a schema that take fields which nobody has named. */
function* openObjects(schema: Schema, place: string): Iterable<string> {
  const { properties = {}, type, additionalProperties, items } = schema;
  // Names of a pattern, or values of a kind, are named too.
  const isNamed = additionalProperties === false || typeof additionalProperties === 'object';
  if (type === 'object' && !isNamed && !('patternProperties' in schema)) yield place;
  for (const [name, inner] of Object.entries(properties))
    yield* openObjects(inner, `${place}.${name}`);
  if (items) yield* openObjects(items as Schema, `${place}[]`);
  for (const part of parts) {
    for (const inner of (schema[part] ?? []) as readonly Schema[]) yield* openObjects(inner, place);
  }
}

/** What no client may say of itself or of a record. */
const notTheirs = {
  id: '0199bbbb-0000-7000-8000-000000000001',
  is_admin: true,
  requestedBy: 'somebody else',
  requested_by: 'somebody else',
  created_by: 'somebody else',
  secret: 'chosen',
  password_hash: '$argon2id$',
  constructor: { prototype: { admin: true } },
};

const writesOf = ({ routes }: RoutedGateway) =>
  routes.filter(({ isPanel, schema }) => !isPanel && schema.body !== undefined);

/** Their fields are those of an Avro schema, which is asked behind the schema of the route. */
const isEvent = ({ url }: Pick<Route, 'url'>) => url.startsWith('/api/v1/events/');

const kib = 1024;
const noRequests: readonly (readonly [string, string, number])[] = [
  ['a text of 2 MiB', `{"template_id":"${'x'.repeat(2048 * kib)}"}`, 413],
  ['60 KiB of brackets', '['.repeat(30 * kib) + ']'.repeat(30 * kib), 400],
  ['60 KiB of objects', `${'{"a":'.repeat(10 * kib)}1${'}'.repeat(10 * kib)}`, 400],
  ['brackets that never end', '['.repeat(60 * kib), 400],
  ['8,000 fields', `{${Array.from({ length: 5000 }, (_, at) => `"f${at}":1`).join()}}`, 400],
  ['a prototype', '{"__proto__":{"admin":true}}', 400],
  ['a prototype in a list', '[{"__proto__":{"admin":true}}]', 400],
  ['a constructor', '{"constructor":{"prototype":{"admin":true}}}', 400],
  ['the same field twice', '{"user_ids":"1","user_ids":{"__proto__":1}}', 400],
  ['a number without end', `{"template_id":${'9'.repeat(50 * kib)}}`, 400],
  ['a number that is none', '{"template_id":1e999}', 400],
  ['U+0000', '{"template_id":"\\u0000","user_ids":"1"}', 400],
  ['two texts', '{"template_id":"1"}{"template_id":"1"}', 400],
];

describe('what the API is sent', () => {
  test('has no field that nobody has named', async () => {
    const writes = writesOf(await routedGateway());
    expect(writes.length).toBeGreaterThan(5);
    const open = writes
      .filter((each) => !isEvent(each))
      .flatMap((route) => [...openObjects(route.schema.body as Schema, nameOf(route))]);
    expect(open).toEqual([]);
  });

  test('is refused whole when it assigns more than it may', async () => {
    const gateway = await routedGateway();
    const found: string[] = [];
    for (const route of writesOf(gateway)) {
      const example = (route.schema.body as Schema).examples?.[0] ?? {};
      const theirs = textsOf(route.schema.body);
      for (const [name, value] of Object.entries(notTheirs)) {
        if (theirs.includes(name)) continue;
        const { statusCode } = await gateway.app.inject({
          method: route.method as 'POST',
          url: pathOf(route),
          headers: { authorization },
          payload: { ...example, [name]: value },
        });
        if (![400, 422].includes(statusCode))
          found.push(`${nameOf(route)} with ${name}: ${statusCode}`);
      }
    }
    expect(found).toEqual([]);
    expect(gateway.records).toEqual([]);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('is refused by every route when it is no value of its kind', async () => {
    const gateway = await routedGateway();
    for (const route of writesOf(gateway)) {
      for (const [name, payload, expected] of noRequests) {
        const { statusCode } = await gateway.app.inject({
          method: route.method as 'POST',
          url: pathOf(route),
          headers: { authorization, 'content-type': 'application/json' },
          payload,
        });
        const where = `${nameOf(route)}: ${name}`;
        const refused = isEvent(route) && statusCode === 422 ? 400 : statusCode;
        expect([where, refused]).toEqual([where, expected]);
      }
    }
    expect(gateway.records).toEqual([]);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

describe('a form', () => {
  const fields = (count: number) =>
    Array.from({ length: count }, (_, at) => [`f${at}`, ''] as const);

  const noLogIns: readonly (readonly [string, Record<string, string>, number])[] = [
    ['of 65 KiB', { name: 'x'.repeat(66_000), password: 'secret' }, 413],
    ['with 6,000 fields', { ...Object.fromEntries(fields(6000)), name: 'a', password: 'b' }, 422],
    ['with a prototype', { '__proto__[admin]': 'true', name: 'a', password: 'b' }, 422],
    ['with a constructor', { 'constructor.prototype.admin': '1', name: 'a', password: 'b' }, 422],
    ['with a list for a name', { 'name[]': 'a', password: 'b' }, 400],
    ['with a name that is too long', { name: 'x'.repeat(201), password: 'b' }, 400],
    ['with a password that is too long', { name: 'a', password: 'x'.repeat(1001) }, 400],
    ['with another field for a role', { name: 'a', password: 'b', role: 'admin' }, 422],
  ];

  test('that is none of the log-in logs nobody in', async () => {
    const { send } = await askPanel();
    for (const [name, form, expected] of noLogIns) {
      const answer = await send('/login', form, nobody);
      expect([name, answer.statusCode]).toEqual([name, expected]);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});
