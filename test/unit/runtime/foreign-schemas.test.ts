import { expect, test } from 'vitest';
import { interests } from '../../../rules/people.ts';
import { indexed } from '../../../runtime/processor.ts';
import { createRowWords } from '../../../runtime/row-words.ts';
import { schemaOf } from '../../../runtime/serde.ts';
import { createWordTable } from '../../../runtime/store/word-table.ts';
import { loadSchemas } from '../../../schemas/load.ts';
import { topics } from '../../../schemas/topics.ts';
import { opened, preference, type Schema, user, written } from './foreign-writer.ts';

test('a schema that is named by another one is followed', async () => {
  const schema = schemaOf(topics.preferences) as Schema;
  const channel = loadSchemas().get('ru.vestnik.UpstreamChannel');
  const items = 'UpstreamChannel';
  const fields = schema.fields.map((field) =>
    field.name === 'optedOutChannels' ? { ...field, type: { type: 'array', items } } : field,
  );
  const referring = { ...schema, fields };
  const { serde } = await opened({
    schemaOf: async () => ({ ok: true, schema: referring, named: [channel] }),
  });
  const value = written(schema, preference, 4711);
  await serde.prepare([value]);
  expect(serde.decode(topics.preferences, value)).toEqual({ ok: true, value: preference });
});

test.each([
  ['another kind', { ok: false, reason: 'it is PROTOBUF, not Avro' }, 'it is PROTOBUF, not Avro'],
  [
    'a name that nobody defines',
    { ok: true, schema: { type: 'Who' }, named: [] },
    'it names the type Who, which nobody defines',
  ],
  ['no type', { ok: true, schema: 7, named: [] }, 'a part of it is no type'],
  [
    'a record without fields',
    { ok: true, schema: { type: 'record', name: 'A' }, named: [] },
    'a record has no fields',
  ],
] as const)('a schema that cannot be used is unknown, and says why: %s', async (_, found, why) => {
  const { serde } = await opened({ schemaOf: async () => found });
  const value = written({ type: 'string' }, 'x', 4711);
  await serde.prepare([value]);
  expect(serde.decode(topics.users, value)).toEqual({
    ok: false,
    code: 'SCHEMA_UNKNOWN',
    reason: `schema id 4711: ${why}`,
  });
});

test('what was learnt once is read also when the registry has lost it', async () => {
  const { registry, serde } = await opened();
  const schema = structuredClone(schemaOf(topics.users)) as Schema;
  schema.fields.reverse();
  const value = written(schema, user, await registry.register('other', schema));
  await serde.prepare([value]);
  registry.schemaOf = async () => ({ ok: false, reason: 'the registry does not have it' });
  await serde.prepare([value]);
  expect(serde.decode(topics.users, value)).toEqual({ ok: true, value: user });
});

/** A generated schema: no docs, no defaults, other names, symbols behind ours. */
function generated(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(generated);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([key]) => key !== 'doc' && key !== 'default');
  const made = Object.fromEntries(entries.map(([key, part]) => [key, generated(part)]));
  return Array.isArray(made['symbols']) ? { ...made, symbols: [...made['symbols'], 'push'] } : made;
}

test('a schema that differs only in words is read at full speed', async () => {
  const { registry, serde } = await opened();
  const schema = generated(schemaOf(topics.users)) as Schema;
  const id = await registry.register('other', schema);
  const known = written(schema, user, id);
  await serde.prepare([known]);
  const words = serde.stringsOf(topics.users, ['followedMovieIds', 'followedGenres']);
  expect(words.find(known, 0, known.length)).toBe(3);
  expect(serde.decode(topics.users, known)).toEqual({ ok: true, value: user });

  const value = { ...user, channels: ['push', 'email'] };
  const added = written(schema, value, id);
  expect(words.find(added, 0, added.length)).toBe(-1);
  const read = { ok: true, value: { ...value, channels: ['unknown', 'email'] } };
  expect(serde.decode(topics.users, added)).toEqual(read);
});

test('a row of another schema is found by the same words', async () => {
  const { registry, serde } = await opened();
  const schema = structuredClone(schemaOf(topics.users)) as Schema;
  schema.fields.reverse();
  const value = written(schema, user, await registry.register('other', schema));
  await serde.prepare([value]);
  const words = createWordTable();
  const wordsOf = createRowWords(indexed(topics.users, interests), serde, words);
  const key = Buffer.from(user.id);
  const amid = Buffer.concat([Buffer.alloc(7, 2), key, value, Buffer.alloc(9, 2)]);
  const valueStart = 7 + key.length;
  const place = {
    keyStart: 7,
    keyEnd: valueStart,
    valueStart,
    valueEnd: valueStart + value.length,
  };
  expect(wordsOf(amid, place)).toEqual(
    ['movie:m1', 'movie:брат', 'genre:drama'].map(words.numberOf),
  );
});
