import avro from 'avsc';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchema } from '../../../runtime/avro/avro-type.ts';
import { type ReadValue, readValue } from '../../../runtime/avro/value-reader.ts';
import { type Evolution, evolutions, type Outcome } from './evolutions.ts';

function typeOf(schema: unknown, named: readonly unknown[] = []) {
  const parsed = parseSchema(schema, named);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.type;
}

function read(bytes: Buffer, writer: unknown, reader: unknown): ReadValue {
  const types = { writer: typeOf(writer), reader: typeOf(reader) };
  return readValue({ bytes, start: 0, ...types, times: 'refuse' });
}

const avscType = (schema: unknown) =>
  avro.Type.forSchema(schema as never, { wrapUnions: true }) as avro.Type;
const bytesOf = ({ writer, written }: Evolution) => avscType(writer).toBuffer(written);

/** What was found, in the words of an evolution. */
const outcomeOf = (found: ReadValue): Outcome =>
  found.ok ? found : { ok: false, path: found.reason.slice(0, found.reason.indexOf(': ')) };

test('what is read is what Avro’s resolution says, or it is refused at its place', () => {
  let refusals = 0;
  fc.assert(
    fc.property(evolutions, (evolution) => {
      const found = read(bytesOf(evolution), evolution.writer, evolution.reader);
      expect(outcomeOf(found)).toEqual(evolution.outcome);
      if (!found.ok) refusals += 1;
    }),
    { numRuns: 3000 },
  );
  expect(refusals).toBeGreaterThan(100);
});

test('bytes that lack their end, or are any at all, never make reading throw or hang', () => {
  const noise = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(evolutions, fc.nat({ max: 1000 }), noise, (evolution, at, content) => {
      const { writer, reader } = evolution;
      const bytes = bytesOf(evolution);
      const cut = bytes.subarray(0, at % (bytes.length + 1));
      for (const each of [cut, Buffer.from(content), Buffer.concat([cut, content])]) {
        const found = read(each, writer, reader);
        expect(found.ok || found.reason.length > 0).toBe(true);
      }
      expect(cut.length === bytes.length || !read(cut, writer, reader).ok).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

const strings = { type: 'array', items: 'string' };
const record = (name: string, ...types: readonly unknown[]) => ({
  type: 'record',
  name,
  fields: types.map((type, index) => ({ name: `f${index}`, type })),
});
const reader = record('Reader', strings);
/** A billion, as a long. */
const billion = [0x80, 0xa8, 0xd6, 0xb9, 0x07];

test('a count that the record has no bytes for is refused at once', () => {
  for (const type of [
    strings,
    { type: 'map', values: 'string' },
    { type: 'array', items: 'null' },
  ]) {
    const writer = record('Writer', strings, type);
    const found = read(Buffer.from([0, ...billion, 0, 0, 0]), writer, reader);
    expect(found).toMatchObject({ ok: false, code: 'RECORD_UNREADABLE' });
    expect((found as { reason: string }).reason).toMatch(/^f1: it claims 1000000000 items/);
  }
});

test('parts that take no bytes cannot be more than the bytes allow', () => {
  // 30,000 lists that each claim 30,000 nulls: more than anybody can wait for.
  const lists = { type: 'array', items: { type: 'array', items: 'null' } };
  const one = [0xe0, 0xd4, 0x03, 0];
  const content = [0, 0xe0, 0xd4, 0x03, ...Array.from({ length: 30_000 }, () => one).flat(), 0];
  const writer = record('Writer', strings, lists);
  expect(read(Buffer.from(content), writer, reader)).toMatchObject({ ok: false });
});

test('a schema that names a type in the next again and again cannot make work of it', () => {
  const levels = 40;
  let innermost: unknown = record('L0', 'null');
  for (let level = 1; level < levels; level += 1) {
    const again = Array.from({ length: 9 }, () => `L${level - 1}`);
    innermost = record(`L${level}`, innermost, ...again);
  }
  const found = read(Buffer.from([0]), record('Writer', strings, innermost), reader);
  expect(found).toMatchObject({ ok: false, code: 'RECORD_UNREADABLE' });
  expect((found as { reason: string }).reason).toContain('it has more parts than bytes');
});

test('a type that holds itself ends', () => {
  const endless = { type: 'record', name: 'Endless', fields: [{ name: 'f', type: 'Endless' }] };
  const found = read(Buffer.from([0]), record('Writer', strings, endless), reader);
  expect((found as { reason: string }).reason).toContain('it is more than 200 deep');
});

test('a schema without end is no schema', () => {
  let deep: unknown = 'string';
  for (let level = 0; level < 100_000; level += 1) deep = { type: 'array', items: deep };
  expect(parseSchema(deep)).toEqual({ ok: false, reason: 'it is nested more than 100 deep' });
  const many = record('Many', ...Array.from({ length: 30_000 }, () => 'null'));
  expect(parseSchema(many)).toEqual({ ok: false, reason: 'it has more than 20000 types' });
});

test('a long that would not be kept exactly is refused with its field', () => {
  const numbers = record('Numbers', 'long', 'long');
  // 2^53 as a long, after a one.
  const bytes = Buffer.from([2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
  const reason = 'f1: the number is beyond 2^53, and would not be kept exactly';
  expect(read(bytes, numbers, numbers)).toEqual({ ok: false, code: 'RECORD_UNREADABLE', reason });
  expect(read(bytes, numbers, record('Other', 'long', 'double'))).toEqual({
    ok: true,
    value: { f0: 1, f1: 2 ** 53 },
  });
});

test('names are found with and without their namespace', () => {
  const address = { ...record('Address', 'string'), namespace: 'com.example' };
  const writer = {
    ...record('Writer', 'com.example.Address', { type: 'array', items: 'Address' }),
    namespace: 'com.example',
  };
  expect(parseSchema(writer, [address])).toMatchObject({ ok: true });
  expect(parseSchema({ ...writer, namespace: 'com.other' }, [address])).toEqual({
    ok: false,
    reason: 'it names the type Address, which nobody defines',
  });
});
