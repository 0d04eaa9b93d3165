import { type ErrorCode, errorTable } from './errors.ts';
import type { Log } from './log.ts';

/** Something that does not stop the work, but that an operator should know and can mend. */
export type Condition = {
  readonly code: ErrorCode;
  /** What it is about, `users-3` for example; together with the code it names the condition. */
  readonly subject: string;
  /** How many records, rows or attempts it concerns now. */
  readonly count: number;
  /** The sentence of the table of errors, with the case at hand. No personal data. */
  readonly message: string;
};

/** What the words behind a counter are: topic, code, process. Few values each, never an id. */
export type Labels = Readonly<Record<string, string>>;

export type Counted = { readonly name: string; readonly labels: Labels; readonly value: number };

/**
 * How a process is: what it counted since its start, and the conditions that hold now. A condition
 * is told to the log once when it appears and once when it is gone, however often it is set.
 */
export type Health = {
  /** Adds to a counter. Names are snake_case and end with what is counted: `dead_letters`. */
  count(name: string, labels: Labels, by?: number): void;
  /** Sets how many a condition concerns; zero: it does not hold any more. */
  set(condition: {
    readonly code: ErrorCode;
    readonly subject: string;
    readonly count: number;
    readonly detail?: string;
  }): void;
  conditions(): readonly Condition[];
  counted(): readonly Counted[];
};

/** Bounds the memory of both; labels have few values, so this is only reached by a mistake. */
const maxEntries = 10_000;

/** The health of a process, at first a good one. */
export function createHealth(log: Log): Health {
  const conditions = new Map<string, Condition>();
  const counters = new Map<string, Counted>();
  return {
    count(name, labels, by = 1) {
      const key = JSON.stringify([name, ...Object.entries(labels)]);
      const value = (counters.get(key)?.value ?? 0) + by;
      if (counters.size < maxEntries || counters.has(key))
        counters.set(key, { name, labels, value });
    },
    set({ code, subject, count, detail = subject }) {
      const key = `${code} ${subject}`;
      const known = conditions.has(key);
      if (count === 0) {
        conditions.delete(key);
        if (known) log.info({ code, subject }, 'a condition is gone');
        return;
      }
      if (!known && conditions.size >= maxEntries) return;
      const message = `${errorTable[code].message} (${detail})`;
      conditions.set(key, { code, subject, count, message });
      if (!known) log.warn({ code, subject, count }, message);
    },
    conditions: () => [...conditions.values()],
    counted: () => [...counters.values()],
  };
}
