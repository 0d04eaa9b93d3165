import type { AvroType } from './avro-type.ts';

/** The years 1 to 9999: what ISO 8601 writes with four digits, and what PostgreSQL can hold. */
const minTimeMs = Date.parse('0001-01-01T00:00:00.000Z');
const maxTimeMs = Date.parse('9999-12-31T23:59:59.999Z');

/** How times are written that we can read: so many units in a millisecond, or the other way. */
const unitsInMs: Readonly<Record<string, bigint>> = {
  'timestamp-millis': 1n,
  'local-timestamp-millis': 1n,
  'timestamp-micros': 1000n,
  'local-timestamp-micros': 1000n,
  'timestamp-nanos': 1_000_000n,
  'local-timestamp-nanos': 1_000_000n,
};
const msInDay = 24n * 60n * 60n * 1000n;

/** True for a point in time: all of ours are milliseconds since 1970-01-01 UTC. */
export const isTime = (type: AvroType): boolean =>
  type.kind === 'long' && type.logicalType === 'timestamp-millis';

/**
 * Milliseconds of a time that was written with a logical type (Avro specification, "Logical
 * types"), rounded down. A number without one is milliseconds; null: the type is no time at all.
 */
export function toMs(value: bigint, logicalType: string | null): bigint | null {
  if (logicalType === null) return value;
  if (logicalType === 'date') return value * msInDay;
  const units = unitsInMs[logicalType];
  if (units === undefined) return null;
  const floor = value % units < 0n ? 1n : 0n;
  return value / units - floor;
}

/** Whether a time can be kept and shown. */
export const isInRange = (timeMs: number): boolean => timeMs >= minTimeMs && timeMs <= maxTimeMs;

/** The time itself, or the nearest that can be kept. */
export const nearestTime = (timeMs: number): number =>
  Math.min(maxTimeMs, Math.max(minTimeMs, timeMs));

/** What becomes of a time out of range: its value is refused, or the time is moved into it. */
export type TimeRule = 'refuse' | 'move';
export const timeProblem = 'the time is not in the years 1 to 9999';

/** Looks at all times of a value; answers the path of the first that is refused. */
export type TimeCheck = (value: unknown, path: string) => string | null;

type Fields = Record<string, unknown>;

function checkTime(name: string, rule: TimeRule): TimeCheck {
  return (record, path) => {
    const timeMs = (record as Fields)[name];
    if (typeof timeMs !== 'number' || isInRange(timeMs)) return null;
    if (rule === 'refuse') return `${path}${name}`;
    (record as Fields)[name] = nearestTime(timeMs);
    return null;
  };
}

function checkItems(name: string, check: TimeCheck): TimeCheck {
  return (record, path) => {
    const items = (record as Fields)[name] as readonly unknown[];
    for (const [index, item] of items.entries()) {
      const found = check(item, `${path}${name}[${index}].`);
      if (found !== null) return found;
    }
    return null;
  };
}

function checksOf(type: AvroType, rule: TimeRule): readonly TimeCheck[] {
  if (type.kind !== 'record') return [];
  return type.fields.flatMap(({ name, type: inner }) => {
    if (isTime(inner)) return [checkTime(name, rule)];
    if (inner.kind !== 'array') return [];
    const check = createTimeCheck(inner.items, rule);
    return check ? [checkItems(name, check)] : [];
  });
}

/**
 * A check of the times in a record and in its lists of records, made for a schema of ours; null
 * when it has none. Under the rule `move` the value is changed.
 */
export function createTimeCheck(type: AvroType, rule: TimeRule): TimeCheck | null {
  const checks = checksOf(type, rule);
  if (checks.length === 0) return null;
  return (value, path) => {
    for (const check of checks) {
      const found = check(value, path);
      if (found !== null) return found;
    }
    return null;
  };
}
