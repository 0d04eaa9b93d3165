import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AvroNode, type AvroSchema, loadSchemas } from './load.ts';

/** Where the derived types are written; a test fails when the file is stale. */
export const generatedFile = join(import.meta.dirname, 'generated', 'records.ts');

const primitives: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Buffer',
};

const shortName = (fullName: string) => fullName.slice(fullName.lastIndexOf('.') + 1);

function typeOf(schema: AvroSchema): string {
  if (typeof schema === 'string') return primitives[schema] ?? shortName(schema);
  if (Array.isArray(schema)) return schema.map(typeOf).join(' | ');
  const node = schema as AvroNode;
  if (node.items === undefined) return typeOf(node.type);
  const items = typeOf(node.items);
  return items.includes(' ') ? `readonly (${items})[]` : `readonly ${items}[]`;
}

function declaration(schema: AvroNode): string {
  const doc = `/** ${schema.doc} */`;
  if (schema.symbols) {
    const members = schema.symbols.map((symbol) => `  | '${symbol}'`);
    return [doc, `export type ${schema.name} =`, `${members.join('\n')};`].join('\n');
  }
  const fields = (schema.fields ?? []).flatMap((field) => [
    `  /** ${field.doc} */`,
    `  readonly ${field.name}: ${typeOf(field.type)};`,
  ]);
  return [doc, `export type ${schema.name} = {`, ...fields, '};'].join('\n');
}

/**
 * The TypeScript types of every schema in `schemas/avro`, as source text. Types come from the
 * schemas and are never written twice. A long becomes a number: offsets and times fit in 2^53.
 */
export function renderTypes(): string {
  const schemas = [...loadSchemas().values()];
  const records = schemas.filter((schema) => schema.type === 'record');
  const names = [
    '/** The record types by name, so that a topic can say which one it carries. */',
    'export type Records = {',
    ...records.map((schema) => `  readonly ${schema.name}: ${schema.name};`),
    '};',
  ].join('\n');
  const head = '// Derived from schemas/avro by `npm run generate`; do not edit.';
  return `${[head, ...schemas.map(declaration), names].join('\n\n')}\n`;
}

if (import.meta.main) {
  writeFileSync(generatedFile, renderTypes());
}
