import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A schema as JSON: what an `.avsc` file holds, or one part of it. */
export type AvroSchema = string | AvroNode | readonly AvroSchema[];

/** A schema that is an object: a record, an enum, an array or an annotated primitive. */
export type AvroNode = {
  readonly type: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields?: readonly AvroField[];
  readonly items?: AvroSchema;
  readonly symbols?: readonly string[];
  readonly logicalType?: string;
};

export type AvroField = {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
};

const avroFolder = join(import.meta.dirname, 'avro');

/**
 * Every named schema of `schemas/avro`, by its full name, exactly as written in its file.
 * Files refer to each other by full name; `expandSchema` puts the pieces together.
 */
export function loadSchemas(folder: string = avroFolder): ReadonlyMap<string, AvroNode> {
  const schemas = new Map<string, AvroNode>();
  for (const file of globSync('*.avsc', { cwd: folder }).sort()) {
    const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as AvroNode;
    schemas.set(`${schema.namespace}.${schema.name}`, schema);
  }
  return schemas;
}

/**
 * One self-contained schema: each referenced type is written out where it first occurs, as Avro
 * wants it. The registry then needs no references, which not every registry supports.
 */
export function expandSchema(fullName: string, schemas: ReadonlyMap<string, AvroNode>): AvroNode {
  const written = new Set<string>();
  const expand = (schema: AvroSchema): AvroSchema => {
    if (Array.isArray(schema)) return schema.map(expand);
    if (typeof schema === 'string') return expandName(schema);
    const node = schema as AvroNode;
    if (node.fields) {
      const fields = node.fields.map((field) => ({ ...field, type: expand(field.type) }));
      return { ...node, fields };
    }
    return node.items === undefined ? node : { ...node, items: expand(node.items) };
  };
  const expandName = (name: string): AvroSchema => {
    const named = schemas.get(name);
    if (!named || written.has(name)) return name;
    written.add(name);
    return expand(named);
  };
  const expanded = expandName(fullName);
  if (typeof expanded === 'string') throw new Error(`schemas/avro has no ${fullName}`);
  return expanded as AvroNode;
}
