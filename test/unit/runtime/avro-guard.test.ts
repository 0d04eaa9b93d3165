import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import avro from 'avsc';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { guardAvro } from '../../../runtime/avro-guard.ts';
import { createLog } from '../../../runtime/log.ts';
import { createSerde, type Serde, schemaOf } from '../../../runtime/serde.ts';
import type { AvroNode } from '../../../schemas/load.ts';
import { allTopics, topics } from '../../../schemas/topics.ts';
import { createMemoryRegistry } from '../../driver/memory-registry.ts';
import { valuesOf } from './avro-values.ts';
import { handClock } from './hand-clock.ts';

const { ArrayType, LongType, MapType } = avro.types;
type Prototype = Readonly<Record<string, unknown>>;
const prototypes = [ArrayType.prototype, MapType.prototype] as unknown as Prototype[];
/** As avsc comes: taken before anything in this file calls the guard. */
const stock = prototypes.map(({ _read, _skip }) => ({ _read, _skip }));

/** Runs with avsc as it comes, and puts the guard back. */
function withStock<T>(run: () => T): T {
  const guarded = prototypes.map(({ _read, _skip }) => ({ _read, _skip }));
  for (const [index, each] of prototypes.entries()) Object.assign(each, stock[index]);
  try {
    return run();
  } finally {
    for (const [index, each] of prototypes.entries()) Object.assign(each, guarded[index]);
  }
}

const longType = avro.Type.forSchema('long') as InstanceType<typeof LongType>;
const long = (value: number): Buffer => longType.toBuffer(value);
const bytes = (...parts: readonly (Buffer | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? long(part) : part)));
const text = (value: string): Buffer => bytes(value.length, Buffer.from(value));

const strings = { type: 'array', items: 'string' } as const;
const dictionary = { type: 'map', values: 'string' } as const;
const longest = -(2 ** 52);
/** A block with a negative count carries its size, so that a reader may skip it. */
const bombs = {
  'an array of a billion': [strings, bytes(1e9, Buffer.alloc(5))],
  'an array of a hundred million': [strings, bytes(1e8, Buffer.alloc(5))],
  'a map of a billion': [dictionary, bytes(1e9, Buffer.alloc(5))],
  'a map of a hundred million': [dictionary, bytes(1e8, Buffer.alloc(5))],
  'an array of minus a billion': [strings, bytes(-1e9, 1)],
  'a map of minus a billion': [dictionary, bytes(-1e9, 1)],
  'a huge negative count': [dictionary, bytes(longest, 1)],
  'many small blocks that end too early': [strings, bytes(1, text(''), 1e8)],
} as const;

const child = join(import.meta.dirname, 'avro-bomb.ts');
function readIn(mode: 'stock' | 'guarded', schema: object, record: Buffer): string {
  const args = [child, mode, JSON.stringify(schema), record.toString('hex')];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

beforeAll(guardAvro);

describe.each(Object.entries(bombs))('%s', (_, [schema, record]) => {
  test('stock avsc goes on reading, the guard refuses within the bytes there are', () => {
    expect(record.length).toBeLessThanOrEqual(12);
    expect(readIn('stock', schema, record)).toBe('still reading');
    expect(readIn('guarded', schema, record)).toMatch(/^refused a collection claims more items/);
  });

  test('is refused when it is skipped, too', () => {
    const field = (name: string, type: unknown) => ({ name, type });
    const fields = [field('bomb', schema), field('last', 'int')];
    const writer = avro.Type.forSchema({ type: 'record', name: 'A', fields } as never);
    const rest = fields.slice(1);
    const reader = avro.Type.forSchema({ type: 'record', name: 'A', fields: rest } as never);
    const resolver = reader.createResolver(writer);
    expect(() => reader.fromBuffer(record, resolver)).toThrow('claims more items');
  });
});

describe('records of the topics', () => {
  let serde: Serde;

  beforeAll(async () => {
    const log = createLog({ level: 'silent', name: 'test' });
    const { signal } = new AbortController();
    const parts = { topics: allTopics, log, clock: handClock(), signal };
    serde = await createSerde({ ...parts, registry: createMemoryRegistry() });
  });

  test.each([1e9, 1e8, -1e9, longest])('a count of %d is unreadable', async (count) => {
    const frame = serde.encode(topics.suppressions, { userId: '', addresses: [] }).subarray(0, 5);
    const value = Buffer.concat([frame, text(''), bytes(count, 1)]);
    await serde.prepare([value]);
    const decoded = serde.decode(topics.suppressions, value);
    expect(decoded).toMatchObject({ ok: false, code: 'RECORD_UNREADABLE' });
  });

  test('a request that lists a hundred thousand people is read', async () => {
    const request = {
      requestId: 'r1',
      channel: 'email',
      templateId: 't1',
      movieId: null,
      userIds: Array.from({ length: 100_000 }, (_, index) => `u${index}`),
      audience: null,
      template: null,
      requestedBy: 'test',
      requestedAt: 0,
    } as const;
    const value = serde.encode(topics.notificationRequested, request);
    await serde.prepare([value]);
    const decoded = serde.decode(topics.notificationRequested, value);
    expect(decoded).toEqual({ ok: true, value: request });
  });
});

test('an array of empty strings has as many items as bytes, and is read', () => {
  const type = avro.Type.forSchema(strings as never);
  const empty = Array.from({ length: 50_000 }, () => '');
  expect(type.fromBuffer(type.toBuffer(empty))).toEqual(empty);
});

test('blocks with their size are read as those without', () => {
  const block = bytes(text('a'), text('b'));
  const sized = bytes(-2, block.length, block, 1, text('c'), 0);
  expect(avro.Type.forSchema(strings as never).fromBuffer(sized)).toEqual(['a', 'b', 'c']);
});

test.each(allTopics.filter(({ schema }) => schema))(
  'valid values of $name are read as stock avsc reads them',
  (topic) => {
    const schema = schemaOf(topic) as AvroNode;
    const type = avro.Type.forSchema(schema as never, { wrapUnions: false });
    fc.assert(
      fc.property(valuesOf(schema), (value) => {
        const encoded = type.toBuffer(value);
        expect(type.fromBuffer(encoded)).toEqual(withStock(() => type.fromBuffer(encoded)));
      }),
    );
  },
);

test('maps of arrays are read as stock avsc reads them', () => {
  const type = avro.Type.forSchema({ type: 'map', values: strings } as never);
  const value = fc.dictionary(fc.string(), fc.array(fc.string()), { noNullPrototype: true });
  fc.assert(
    fc.property(value, (each) => {
      const encoded = type.toBuffer(each);
      expect(type.fromBuffer(encoded)).toEqual(withStock(() => type.fromBuffer(encoded)));
    }),
  );
});
