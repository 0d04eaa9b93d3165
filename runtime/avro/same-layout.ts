import type { AvroType } from './avro-type.ts';

/**
 * True when what a writer writes are the bytes that the reader's own schema would give, so that
 * they can be read at full speed: schemas that differ in names of types, docs, defaults or aliases,
 * as generated ones do. A writer's enum may have more symbols behind ours: a value that uses one is
 * then no value of our schema, and is read by the writer's.
 */
export function isSameLayout(writer: AvroType, reader: AvroType): boolean {
  return same(writer, reader, new Map());
}

/** `assumed`: what is being compared already, for a type may contain itself. */
function same(writer: AvroType, reader: AvroType, assumed: Map<AvroType, AvroType>): boolean {
  if (assumed.get(writer) === reader) return true;
  assumed.set(writer, reader);
  const both = (pairs: readonly (readonly [AvroType | undefined, AvroType])[]) =>
    pairs.every(([ours, theirs]) => ours !== undefined && same(ours, theirs, assumed));
  switch (reader.kind) {
    case 'record':
      if (writer.kind !== 'record' || writer.fields.length !== reader.fields.length) return false;
      if (reader.fields.some(({ name }, at) => writer.fields[at]?.name !== name)) return false;
      return both(reader.fields.map(({ type }, at) => [writer.fields[at]?.type, type]));
    case 'array':
    case 'map':
      return writer.kind === reader.kind && same(writer.items, reader.items, assumed);
    case 'union':
      if (writer.kind !== 'union' || writer.branches.length !== reader.branches.length)
        return false;
      return both(reader.branches.map((branch, at) => [writer.branches[at], branch]));
    case 'enum':
      return (
        writer.kind === 'enum' &&
        reader.symbols.every((symbol, at) => writer.symbols[at] === symbol)
      );
    case 'fixed':
      return writer.kind === 'fixed' && writer.sizeBytes === reader.sizeBytes;
    case 'long':
      return writer.kind === 'long' && meansTheSame(writer.logicalType, reader.logicalType);
    case 'null':
    case 'boolean':
    case 'int':
    case 'float':
    case 'double':
    case 'bytes':
    case 'string':
      return writer.kind === reader.kind;
  }
}

/** What a writer may call milliseconds, where we read a time; elsewhere a long is just a number. */
const msTypes: readonly (string | null)[] = [null, 'timestamp-millis', 'local-timestamp-millis'];
const meansTheSame = (writer: string | null, reader: string | null) =>
  reader === null || msTypes.includes(writer);
