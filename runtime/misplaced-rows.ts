import type { KafkaClient } from './kafka/client.ts';
import { offsetAtTime } from './kafka/offsets.ts';
import type { StoredRow } from './store/row-store.ts';

/** A row that lies in another partition than its key belongs in. It is kept out of the table. */
export type MisplacedRow = {
  readonly key: string;
  readonly offset: number;
  /** The partition that its key belongs in. */
  readonly home: number;
  readonly timestampMs: number;
};

/** The rows of a partition, for those who look for a key that strayed from it. */
export type Home = {
  isRestored(): boolean;
  get(key: string): StoredRow | undefined;
};
/** The partitions of a table that this process has, by their number. */
export type Homes = Map<number, Home>;

/**
 * What lies in a partition and does not belong there. One such row is somebody's slip, and the rest
 * goes on; many are a producer that partitions otherwise, and then half of a table is missing.
 */
export type MisplacedRows = {
  /** `passed` counts the rows that were looked at before, misplaced or not. */
  add(row: MisplacedRow, passed: number): void;
  /** A tombstone came for the key, which heals it. */
  forget(key: string): void;
  /** Why there are too many of them; null while there are not. */
  excess(passed: number): string | null;
  count(): number;
  /** As rows without a value, for the checkpoint. */
  rows(): Iterable<StoredRow>;
  /** Forgets those whose key was written in its own partition since. False: not all are known. */
  heal(kafka: KafkaClient, topic: string, homes: Homes): Promise<boolean>;
  clear(): void;
};

/** From 5 % of the last thousand rows on, it is a wrong producer. */
const windowRows = 1000;
const maxShare = 0.05;
/** Bounds the memory of all there are, however long ago each came. */
const maxRows = 10_000;
/** What Kafka is asked at most before the rows are followed again. */
const maxQuestions = 200;
const noValue = Buffer.alloc(0);

type Entry = MisplacedRow & {
  /** How many rows were looked at before it. */
  readonly at: number;
  /** The first offset of its own partition that is younger; null until Kafka was asked. */
  healedFrom: number | null;
};

/** Nothing is misplaced yet. */
export function createMisplacedRows(): MisplacedRows {
  const entries = new Map<string, Entry>();

  /** True when the key was written at home since; null when nobody can tell yet. */
  async function isHealed(
    entry: Entry,
    { kafka, topic, homes }: { kafka: KafkaClient; topic: string; homes: Homes },
  ): Promise<boolean | null> {
    const home = homes.get(entry.home);
    if (!home) return false;
    if (!home.isRestored()) return null;
    const { key, home: partition, timestampMs } = entry;
    // Kafka being away is for those to notice who read; here it is asked again.
    entry.healedFrom ??= await offsetAtTime(kafka, { topic, partition, timestampMs }).catch(
      () => null,
    );
    if (entry.healedFrom === null) return null;
    const row = home.get(key);
    return row !== undefined && row.offset >= entry.healedFrom;
  }

  return {
    add(row, passed) {
      entries.delete(row.key);
      entries.set(row.key, { ...row, at: passed, healedFrom: null });
    },
    forget: (key) => void entries.delete(key),
    excess(passed) {
      if (entries.size > maxRows) return `more than ${maxRows} rows`;
      let recent = 0;
      for (const { at } of entries.values()) if (at >= passed - windowRows) recent += 1;
      return recent < windowRows * maxShare ? null : `${recent} of the last ${windowRows} rows`;
    },
    count: () => entries.size,
    *rows() {
      for (const { key, offset, timestampMs } of entries.values()) {
        yield { key, offset, value: noValue, timestampMs };
      }
    },
    async heal(kafka, topic, homes) {
      let known = true;
      let questions = 0;
      for (const entry of [...entries.values()]) {
        if (entry.healedFrom === null && homes.has(entry.home)) questions += 1;
        if (questions > maxQuestions) return false;
        const healed = await isHealed(entry, { kafka, topic, homes });
        if (healed === null) known = false;
        // Whoever strayed again meanwhile is another entry.
        else if (healed && entries.get(entry.key) === entry) entries.delete(entry.key);
      }
      return known;
    },
    clear: () => entries.clear(),
  };
}
