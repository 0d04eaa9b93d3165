import type { AvroType, Field, RecordType } from './avro-type.ts';
import { isInRange, isTime } from './times.ts';

/** What is wrong with a part of a value: its path as `addresses.2.channel`, and a message. */
export type JsonFault = { readonly path: string; readonly message: string };

/** A value as `encode` takes it, or all that is wrong with it. */
export type FromJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly faults: readonly JsonFault[] };

type Json = Readonly<Record<string, unknown>>;

const isObject = (json: unknown): json is Json =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const good = (value: unknown): FromJson => ({ ok: true, value });
const bad = (path: string, message: string): FromJson => ({
  ok: false,
  faults: [{ path, message }],
});

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const maxInt = 2 ** 31 - 1;

function timeOf(json: unknown, path: string): FromJson {
  const timeMs = typeof json === 'string' && timePattern.test(json) ? Date.parse(json) : Number.NaN;
  if (isInRange(timeMs)) return good(timeMs);
  return bad(path, 'must be a time in ISO 8601 with its zone, like 2026-03-01T09:30:00Z');
}

function numberOf(json: unknown, path: string, kind: 'int' | 'long'): FromJson {
  const isWhole = Number.isSafeInteger(json);
  const fits = isWhole && (kind === 'long' || Math.abs(json as number) <= maxInt);
  return fits ? good(json) : bad(path, `must be a whole number that fits into an ${kind}`);
}

function unionOf(branches: readonly AvroType[], json: unknown, path: string): FromJson {
  const others = branches.filter(({ kind }) => kind !== 'null');
  if (json === null && others.length < branches.length) return good(null);
  const tried = others.map((branch) => readPlainJson(branch, json, path));
  const fitting = tried.find(({ ok }) => ok);
  if (fitting) return fitting;
  const [only] = tried;
  return only && tried.length === 1 ? only : bad(path, 'fits none of its types');
}

/** Puts parts together, or all that is wrong with any of them. */
function joined(parts: readonly FromJson[], value: () => unknown): FromJson {
  const faults = parts.flatMap((part) => (part.ok ? [] : part.faults));
  return faults.length === 0 ? good(value()) : { ok: false, faults };
}

const valueOf = (part: FromJson | undefined) => (part?.ok ? part.value : undefined);
const below = (path: string, name: string | number) =>
  path === '' ? `${name}` : `${path}.${name}`;

function fieldOf({ name, type, fallback }: Field, json: Json, path: string): FromJson {
  if (Object.hasOwn(json, name)) return readPlainJson(type, json[name], below(path, name));
  return fallback === undefined ? bad(below(path, name), 'is required') : good(fallback);
}

function recordOf({ fields }: RecordType, json: unknown, path: string): FromJson {
  if (!isObject(json)) return bad(path, 'must be an object');
  const known = new Set(fields.map(({ name }) => name));
  const strange = Object.keys(json).filter((name) => !known.has(name));
  const strangers = strange.map((name) => bad(below(path, name), 'is not a field of this record'));
  const parts = fields.map((field) => fieldOf(field, json, path));
  const entries = () =>
    fields.map(({ name }, index) => [name, valueOf(parts[index] ?? good(null))]);
  return joined([...strangers, ...parts], () => Object.fromEntries(entries()));
}

/**
 * Reads plain JSON, as people write it, as a value of a schema: a nullable field is its value or
 * null, a time is a text in ISO 8601, an enum one of its symbols. Says all that is wrong, and
 * where. Bounded by the JSON. Bytes have no plain form and are refused.
 */
export function readPlainJson(type: AvroType, json: unknown, path = ''): FromJson {
  if (isTime(type)) return timeOf(json, path);
  switch (type.kind) {
    case 'null':
      return json === null ? good(null) : bad(path, 'must be null');
    case 'boolean':
      return typeof json === 'boolean' ? good(json) : bad(path, 'must be true or false');
    case 'int':
    case 'long':
      return numberOf(json, path, type.kind);
    case 'float':
    case 'double':
      return Number.isFinite(json) ? good(json) : bad(path, 'must be a number');
    case 'string':
      return typeof json === 'string' ? good(json) : bad(path, 'must be a text');
    case 'enum':
      if (type.symbols.includes(json as string)) return good(json);
      return bad(path, `must be one of ${type.symbols.join(', ')}`);
    case 'array': {
      if (!Array.isArray(json)) return bad(path, 'must be a list');
      const { items } = type;
      const parts = json.map((each, index) => readPlainJson(items, each, below(path, index)));
      return joined(parts, () => parts.map(valueOf));
    }
    case 'union':
      return unionOf(type.branches, json, path);
    case 'record':
      return recordOf(type, json, path);
    case 'map':
    case 'bytes':
    case 'fixed':
      return bad(path, `is of the type ${type.kind}, which has no plain form in JSON`);
  }
}
