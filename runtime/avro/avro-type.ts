/** A schema as a graph: names are followed, so a type may contain itself. */
export type AvroType = Primitive | Fixed | Enum | ArrayType | MapType | Union | RecordType;

/** A type whose values have no parts. `logicalType` is what the schema says, known or not. */
type Primitive = {
  readonly [K in PrimitiveKind]: { readonly kind: K; readonly logicalType: string | null };
}[PrimitiveKind];
type PrimitiveKind = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';
type Fixed = { readonly kind: 'fixed'; readonly sizeBytes: number };
type Enum = {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  /** The symbol that stands for those that only a writer knows. */
  readonly fallback: string | null;
};
type ArrayType = { readonly kind: 'array'; readonly items: AvroType };
type MapType = { readonly kind: 'map'; readonly items: AvroType };
type Union = { readonly kind: 'union'; readonly branches: readonly AvroType[] };
export type RecordType = {
  readonly kind: 'record';
  readonly fields: readonly Field[];
};
export type Field = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroType;
  /** What a reader takes where the writer has no such field; undefined: it must have one. */
  readonly fallback: unknown;
};

/** A graph, or what is wrong with the schema. */
export type ParsedSchema =
  | { readonly ok: true; readonly type: AvroType }
  | { readonly ok: false; readonly reason: string };

/** Bounds the work on a schema; ours have some dozens of types. */
const maxTypes = 20_000;
/** Bounds the stack: schemas come from others. */
const maxDepth = 100;

const primitives: ReadonlySet<unknown> = new Set<PrimitiveKind>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
]);
const isPrimitive = (name: unknown): name is PrimitiveKind => primitives.has(name);

type Json = Readonly<Record<string, unknown>>;
const isObject = (json: unknown): json is Json => typeof json === 'object' && json !== null;
const textOf = (json: unknown): string | null => (typeof json === 'string' ? json : null);

class SchemaFault extends Error {}

function stringsOf(json: unknown, what: string): readonly string[] {
  const strings = Array.isArray(json) ? json : null;
  if (strings?.every((each) => typeof each === 'string')) return strings as readonly string[];
  throw new SchemaFault(`${what} are no list of texts`);
}

/**
 * The graph of a schema as JSON. `named` are schemas that it refers to, each before those that use
 * it. It is taken as leniently as its bytes can be read without doubt: defaults, which only a
 * reader needs, are not looked into, and a name is found with or without its namespace.
 */
export function parseSchema(schema: unknown, named: readonly unknown[] = []): ParsedSchema {
  const parse = createParser();
  try {
    for (const each of named) parse(each, '', 0);
    return { ok: true, type: parse(schema, '', 0) };
  } catch (error) {
    if (error instanceof SchemaFault) return { ok: false, reason: error.message };
    throw error;
  }
}

function createParser() {
  const types = new Map<string, AvroType>();
  let count = 0;

  function lookUp(name: string, space: string): AvroType {
    const found = types.get(space === '' ? name : `${space}.${name}`) ?? types.get(name);
    if (found) return found;
    throw new SchemaFault(`it names the type ${name}, which nobody defines`);
  }

  /** Notes a named type before its parts are known, for they may name it. */
  function define<T extends AvroType>(json: Json, space: string, type: T): [T, string] {
    const name = textOf(json['name']);
    if (name === null) throw new SchemaFault(`a type of kind ${type.kind} has no name`);
    const own = textOf(json['namespace']) ?? space;
    const full = name.includes('.') || own === '' ? name : `${own}.${name}`;
    types.set(full, type);
    return [type, full.slice(0, Math.max(0, full.lastIndexOf('.')))];
  }

  function parseRecord(json: Json, space: string, depth: number): AvroType {
    const fields: Field[] = [];
    const [record, inner] = define(json, space, { kind: 'record', fields });
    if (!Array.isArray(json['fields'])) throw new SchemaFault('a record has no fields');
    for (const field of json['fields'] as readonly unknown[]) {
      const name = isObject(field) ? textOf(field['name']) : null;
      if (!isObject(field) || name === null) throw new SchemaFault('a field has no name');
      const aliases = field['aliases'] === undefined ? [] : stringsOf(field['aliases'], 'aliases');
      const type = parse(field['type'], inner, depth);
      fields.push({ name, aliases, type, fallback: field['default'] });
    }
    return record;
  }

  function parseObject(json: Json, space: string, depth: number): AvroType {
    const { type } = json;
    const logicalType = textOf(json['logicalType']);
    if (isPrimitive(type)) return { kind: type, logicalType };
    switch (type) {
      case 'record':
      case 'error':
        return parseRecord(json, space, depth);
      case 'enum': {
        const symbols = stringsOf(json['symbols'], 'symbols');
        const fallback = textOf(json['default']);
        return define(json, space, { kind: 'enum', symbols, fallback })[0];
      }
      case 'fixed': {
        const sizeBytes = json['size'];
        const isSize = Number.isSafeInteger(sizeBytes) && (sizeBytes as number) >= 0;
        if (!isSize) throw new SchemaFault('a fixed type has no size');
        return define(json, space, { kind: 'fixed', sizeBytes: sizeBytes as number })[0];
      }
      case 'array':
        return { kind: 'array', items: parse(json['items'], space, depth) };
      case 'map':
        return { kind: 'map', items: parse(json['values'], space, depth) };
      default:
        return parse(type, space, depth);
    }
  }

  function parse(json: unknown, space: string, depth: number): AvroType {
    count += 1;
    if (count > maxTypes) throw new SchemaFault(`it has more than ${maxTypes} types`);
    if (depth > maxDepth) throw new SchemaFault(`it is nested more than ${maxDepth} deep`);
    if (isPrimitive(json)) return { kind: json, logicalType: null };
    if (typeof json === 'string') return lookUp(json, space);
    if (Array.isArray(json)) {
      return { kind: 'union', branches: json.map((each) => parse(each, space, depth + 1)) };
    }
    if (isObject(json)) return parseObject(json, space, depth + 1);
    throw new SchemaFault('a part of it is no type');
  }
  return parse;
}
