import fc from 'fast-check';
import type { AvroNode, AvroSchema } from '../../../schemas/load.ts';

/** Beyond this avsc writes another long than it was given; no time and no offset gets there. */
const maxLong = 2 ** 52;
const long = fc.maxSafeInteger().filter((value) => Math.abs(value) < maxLong);
/** Times that can be kept: the years 1 to 9999. */
const time = fc
  .date({
    min: new Date('0001-01-01T00:00:00.000Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map(Number);
const primitives: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer(),
  long,
  double: fc.double({ noNaN: true }),
  string: fc.string({ unit: 'grapheme' }),
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
};

/** Values of an expanded schema: every shape that `schemas/avro` uses. */
export function valuesOf(
  schema: AvroSchema,
  named: Map<string, fc.Arbitrary<unknown>> = new Map(),
): fc.Arbitrary<unknown> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map((each) => valuesOf(each, named)));
  if (typeof schema === 'string') {
    const arbitrary = primitives[schema] ?? named.get(schema);
    if (!arbitrary) throw new Error(`no values for ${schema}`);
    return arbitrary;
  }
  const node = schema as AvroNode;
  if (node.items !== undefined) return fc.array(valuesOf(node.items, named), { maxLength: 5 });
  const values = compositeOf(node, named);
  if (node.name) named.set(`${node.namespace}.${node.name}`, values);
  return values;
}

function compositeOf(
  node: AvroNode,
  named: Map<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<unknown> {
  if (node.symbols) return fc.constantFrom(...node.symbols);
  if (node.logicalType === 'timestamp-millis') return time;
  if (!node.fields) return valuesOf(node.type, named);
  const fields = node.fields.map(({ name, type }) => [name, valuesOf(type, named)] as const);
  return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
}
