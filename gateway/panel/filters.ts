import { Type } from '@fastify/type-provider-typebox';
import { limits } from '../../schemas/limits.ts';

/**
 * A field of a filter. Forms send every field, so an empty one is one that was left alone; U+0000
 * is in no row, and PostgreSQL cannot be asked for it.
 */
export const Field = Type.Optional(
  Type.String({ maxLength: limits.idBytes, pattern: '^[^\\u0000]*$' }),
);

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** How far back a filter goes. */
const periods = {
  hour: hourMs,
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
} as const;

/** When a period began; null: no period of ours. Pure. */
export function sinceOf(period: string | undefined, nowMs: number): number | null {
  const found = Object.entries(periods).find(([name]) => name === period);
  return found ? nowMs - found[1] : null;
}

/** One of the known values, or null: a value that means nothing counts as none. Pure. */
export const oneOf = <V extends string>(known: readonly V[], given: string | undefined): V | null =>
  known.find((each) => each === given) ?? null;

/** A value and what it is called. */
export type Choice = readonly [value: string, name: string];

/** The choices of a list, as a view shows them. */
export const choicesOf = (choices: readonly Choice[], chosen: string | undefined) =>
  choices.map(([value, name]) => ({ value, name, chosen: value === chosen }));

/** A list to choose from, `any` before its choices. */
export const selectField = (
  field: { readonly name: string; readonly label: string; readonly value: string | undefined },
  any: string,
  choices: readonly Choice[],
) => ({
  name: field.name,
  label: field.label,
  options: choicesOf([['', any], ...choices], field.value),
  value: null,
});

/** A line to type into. */
export const textField = (name: string, label: string, value: string | undefined) => ({
  name,
  label,
  options: null,
  value: value ?? '',
});

/** A path with those fields of a filter that say something. Pure. */
export function pathWith(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const entries = Object.entries(query).filter(([, value]) => value);
  const text = new URLSearchParams(entries as [string, string][]).toString();
  return text === '' ? path : `${path}?${text}`;
}
