import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generatedFile, renderTypes } from '../../../schemas/generate.ts';
import {
  type AvroNode,
  type AvroSchema,
  expandSchema,
  loadSchemas,
} from '../../../schemas/load.ts';

const schemas = loadSchemas();
type Mistake = readonly [path: string, problem: string];

/** A schema with the schemas that it names written in place of their names. */
function resolve(schema: AvroSchema, known: ReadonlyMap<string, AvroNode>): AvroSchema {
  return typeof schema === 'string' ? (known.get(schema) ?? schema) : schema;
}

/** True when a value of the schema takes no bytes: an array of them cannot be bounded. */
function isEmpty(schema: AvroSchema, known: ReadonlyMap<string, AvroNode>): boolean {
  const found = resolve(schema, known);
  if (found === 'null') return true;
  if (typeof found === 'string' || Array.isArray(found)) return false;
  const { type, fields } = found as AvroNode;
  if (type === 'record') return (fields ?? []).every((each) => isEmpty(each.type, known));
  return type === 'null';
}

/** What an array or a map holds, wherever one is in a schema. */
function* contentsOf(schema: AvroSchema): Iterable<AvroSchema> {
  if (typeof schema === 'string') return;
  if (Array.isArray(schema)) {
    for (const each of schema) yield* contentsOf(each);
    return;
  }
  const node = schema as AvroNode & { readonly values?: AvroSchema };
  for (const content of [node.items, node.values]) {
    if (content === undefined) continue;
    yield content;
    yield* contentsOf(content);
  }
  for (const field of node.fields ?? []) yield* contentsOf(field.type);
}

/** What is wrong with a schema: undocumented parts, contents that the Avro guard cannot bound. */
function mistakesIn(name: string, known: ReadonlyMap<string, AvroNode>): Mistake[] {
  const schema = known.get(name);
  if (!schema) return [[name, 'is missing']];
  const found: Mistake[] = [];
  if (!schema.doc) found.push([name, 'has no doc']);
  for (const field of schema.fields ?? []) {
    if (!field.doc) found.push([`${name}.${field.name}`, 'has no doc']);
    const { type } = field;
    const nullable = Array.isArray(type) && type.includes('null');
    if (nullable && (type[0] !== 'null' || field.default !== null)) {
      found.push([`${name}.${field.name}`, 'may be null, so null comes first and is the default']);
    }
    for (const content of contentsOf(type)) {
      if (isEmpty(content, known)) found.push([`${name}.${field.name}`, 'holds items of no bytes']);
    }
  }
  return found;
}

const planted = (fields: readonly object[], doc: string | undefined = 'A.') =>
  new Map([
    ['A', { type: 'record', name: 'A', fields, ...(doc ? { doc } : {}) } as unknown as AvroNode],
    ['Empty', { type: 'record', name: 'Empty', fields: [{ name: 'n', type: 'null' }] } as AvroNode],
  ]);
const field = (type: unknown, rest: object = {}) => ({ name: 'f', doc: 'F.', type, ...rest });

describe('the lint sees', () => {
  test.each([
    ['a record without doc', planted([], '')],
    ['a field without doc', planted([{ name: 'f', type: 'string' }])],
    ['a nullable field without default', planted([field(['null', 'string'])])],
    ['null in the second place', planted([field(['string', 'null'], { default: null })])],
    ['an array of null', planted([field({ type: 'array', items: 'null' })])],
    ['a map of null', planted([field({ type: 'map', values: { type: 'null' } })])],
    ['an array of an empty record', planted([field({ type: 'array', items: 'Empty' })])],
    [
      'an array in an array',
      planted([field({ type: 'array', items: { type: 'array', items: 'Empty' } })]),
    ],
  ])('%s', (_, known) => {
    expect(mistakesIn('A', known)).toHaveLength(1);
  });

  test('nothing wrong in an array of nullable strings', () => {
    const items = ['null', 'string'];
    expect(mistakesIn('A', planted([field({ type: 'array', items })]))).toEqual([]);
  });
});

test('there are as many schemas as the contract needs', () => {
  expect(schemas.size).toBeGreaterThanOrEqual(20);
});

test.each([...schemas.keys()])('%s is documented, evolvable and bounded', (name) => {
  expect(mistakesIn(name, schemas)).toEqual([]);
});

test.each([...schemas])('%s lies in the file that is named after it', (fullName, schema) => {
  const kebab = schema.name?.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
  const file = new URL(`../../../schemas/avro/${kebab}.avsc`, import.meta.url);
  const written = JSON.parse(readFileSync(file, 'utf8')) as AvroNode;
  expect(`${written.namespace}.${written.name}`).toBe(fullName);
});

test.each([...schemas.keys()])('%s, written out, needs no other file', (name) => {
  const text = JSON.stringify(expandSchema(name, schemas));
  for (const other of schemas.keys()) {
    const definition = `"name":"${other.split('.').at(-1)}"`;
    const refersTo = text.includes(`"${other}"`);
    expect(refersTo && !text.includes(definition), `${name} refers to ${other}`).toBe(false);
    expect(text.split(definition).length, `${name} defines ${other} once`).toBeLessThanOrEqual(2);
  }
});

test('a name that no file has is an error', () => {
  expect(() => expandSchema('ru.vestnik.Nothing', schemas)).toThrow('ru.vestnik.Nothing');
});

test('the generated types are those of the schemas as they are now', () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(renderTypes());
});
