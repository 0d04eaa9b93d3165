import { describe, expect, test } from 'vitest';
import { parseSchema } from '../../../runtime/avro/avro-type.ts';
import { readPlainJson } from '../../../runtime/avro/plain-json.ts';
import { schemaOf } from '../../../runtime/serde.ts';
import { topics } from '../../../schemas/topics.ts';

const time = { type: 'long', logicalType: 'timestamp-millis' };

function read(schema: unknown, json: unknown) {
  const parsed = parseSchema(schema);
  return parsed.ok ? readPlainJson(parsed.type, json) : parsed;
}

test.each<[string, unknown, unknown, unknown]>([
  ['a text', 'string', 'да', 'да'],
  ['a whole number', 'int', 2 ** 31 - 1, 2 ** 31 - 1],
  ['a large whole number', 'long', 2 ** 52, 2 ** 52],
  ['a number', 'double', 0.5, 0.5],
  ['true', 'boolean', true, true],
  ['null', 'null', null, null],
  ['a time', time, '2026-03-01T09:30:00Z', 1_772_357_400_000],
  ['a time in another zone', time, '2026-03-01T12:30:00.000+03:00', 1_772_357_400_000],
  ['null where it may be', ['null', 'string'], null, null],
  ['the value where null may be', ['null', time], '1970-01-01T00:00:01Z', 1000],
  ['a list', { type: 'array', items: 'int' }, [1, 2], [1, 2]],
  ['a symbol', { type: 'enum', name: 'E', symbols: ['a', 'b'] }, 'b', 'b'],
])('%s is itself', (_, schema, json, value) => {
  expect(read(schema, json)).toEqual({ ok: true, value });
});

test.each<[string, unknown, unknown]>([
  ['a number for a text', 'string', 1],
  ['a text for a number', 'int', '1'],
  ['a number that is too large', 'int', 2 ** 31],
  ['a number that is not exact', 'long', 2 ** 53],
  ['a part of a number', 'int', 1.5],
  ['a number for a time', time, 1_772_357_400_000],
  ['a time without a zone', time, '2026-03-01T09:30:00'],
  ['a time that is none', time, '2026-02-28T25:00:00Z'],
  ['a year that nobody can keep', time, '0000-01-01T00:00:00Z'],
  ['null', 'string', null],
  ['an object for a list', { type: 'array', items: 'int' }, {}],
  ['a symbol of others', { type: 'enum', name: 'E', symbols: ['a'] }, 'b'],
  ['bytes', 'bytes', 'x'],
])('%s is refused', (_, schema, json) => {
  expect(read(schema, json)).toMatchObject({ ok: false, faults: [{ path: '' }] });
});

describe('of a record', () => {
  const item = { type: 'record', name: 'I', fields: [{ name: 'at', type: time }] };
  const schema = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'list', type: { type: 'array', items: item } },
    ],
  };

  test('a field with a default may be left out', () => {
    const json = { id: 'x', list: [{ at: '1970-01-01T00:00:00Z' }] };
    const value = { id: 'x', note: null, list: [{ at: 0 }] };
    expect(read(schema, json)).toEqual({ ok: true, value });
  });

  test('everything that is wrong is said, with its path', () => {
    const json = { note: 7, list: [{ at: '1970-01-01T00:00:00Z' }, { at: 'now' }], idd: 'x' };
    expect(read(schema, json)).toMatchObject({
      ok: false,
      faults: [
        { path: 'idd', message: 'is not a field of this record' },
        { path: 'id', message: 'is required' },
        { path: 'note', message: 'must be a text' },
        { path: 'list.1.at' },
      ],
    });
  });

  test.each([null, [], 'x', 7])('%j is no object', (json) => {
    expect(read(schema, json)).toMatchObject({ faults: [{ message: 'must be an object' }] });
  });
});

test('a name of every object is no field', () => {
  const found = read(schemaOf(topics.movieAdded), { constructor: 1 });
  expect(found).toMatchObject({ faults: [{ path: 'constructor' }, {}, {}, {}] });
});
