import type { Registry } from '../../runtime/registry.ts';

/** A registry in memory: ids in the order of registration, the same text has the same id. */
export function createMemoryRegistry(): Registry {
  const schemas: string[] = [];
  const idOf = (schema: object) => {
    const text = JSON.stringify(schema);
    if (!schemas.includes(text)) schemas.push(text);
    return schemas.indexOf(text) + 1;
  };
  return {
    idOf: async (_subject, schema) => idOf(schema),
    register: async (_subject, schema) => idOf(schema),
    schemaOf: async (id) => {
      const text = schemas[id - 1];
      if (text === undefined) return { ok: false, reason: 'the registry does not have it' };
      return { ok: true, schema: JSON.parse(text) as unknown, named: [] };
    },
  };
}
