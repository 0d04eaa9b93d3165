import type { Clock } from '../../runtime/clock.ts';

/** Often enough to look live. */
export const readingMs = 2000;

/** Reads something, or gives what was read of it a moment ago. */
export type ReadShared = <T>(source: string, read: () => Promise<T>) => Promise<T>;

/**
 * However many look at a thing, it is read once in {@link readingMs}: readings cost the database,
 * looking at them does not. A reading is forgotten when its time is over.
 */
export function shareReadings({ clock }: { readonly clock: Clock }): ReadShared {
  const readings = new Map<string, { readonly value: Promise<unknown>; readonly atMs: number }>();
  return <T>(source: string, read: () => Promise<T>) => {
    const nowMs = clock.nowMs();
    for (const [name, { atMs }] of readings) if (nowMs - atMs >= readingMs) readings.delete(name);
    const known = readings.get(source);
    if (known) return known.value as Promise<T>;
    const value = read();
    readings.set(source, { value, atMs: nowMs });
    return value;
  };
}
