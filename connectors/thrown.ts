/**
 * A property of anything that can be thrown, a proxy that throws included; undefined where there
 * is none.
 */
export function fieldOf(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** The same as text; empty where it is none. */
export function textOf(thrown: unknown, name: string): string {
  const value = fieldOf(thrown, name);
  return typeof value === 'string' ? value : '';
}

/** The same as a whole number; null where it is none. */
export function numberOf(thrown: unknown, name: string): number | null {
  const value = fieldOf(thrown, name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}
