import type { Topic, ValueOf } from '../schemas/topics.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Health } from './health.ts';
import type { KafkaClient } from './kafka/client.ts';
import { endOffsets, partitionCount } from './kafka/offsets.ts';
import { partitionOf } from './kafka/partitioner.ts';
import type { Log } from './log.ts';
import type { PoisonHandler } from './misplaced-letters.ts';
import type { Homes } from './misplaced-rows.ts';
import { openTogether } from './open-together.ts';
import type { Serde } from './serde.ts';
import type { JoinedTable, Table, WordFields } from './table.ts';
import { openTableProjection, type TableProjection } from './table-projection.ts';

/** The tables of a set of topics, by the names the caller gave them. */
export type TablesOf<T extends Readonly<Record<string, Topic>>> = {
  readonly [K in keyof T]: Table<ValueOf<T[K]>>;
};

/** The partitions of each table, in their order. */
export type PartitionsOf<T extends Readonly<Record<string, Topic>>> = {
  readonly [K in keyof T]: readonly JoinedTable<ValueOf<T[K]>>[];
};

/** What rows are found by, of the tables where they are found by anything. */
export type WordFieldsOf<T extends Readonly<Record<string, Topic>>> = {
  readonly [K in keyof T]?: WordFields<ValueOf<T[K]>>;
};

/** Whole tables, all partitions of each, kept up to date in this process. */
export type GlobalTables<T extends Readonly<Record<string, Topic>>> = {
  readonly tables: TablesOf<T>;
  readonly partitions: PartitionsOf<T>;
  readonly restored: Promise<void>;
  caughtUp(): boolean;
  /** Offsets read and to be read since the opening, over all the tables. */
  progress(): { readonly restored: number; readonly total: number };
  readonly failed: Promise<never>;
  /**
   * Waits until some of the tables hold all that their topics hold now, at most so many
   * milliseconds; false when that was not enough. What is in transactions that are still open
   * counts as not there, and is waited for.
   */
  catchUp(names: readonly (keyof T)[], withinMs: number): Promise<boolean>;
  close(): Promise<void>;
};

const leaveToOthers: PoisonHandler = () => Promise.resolve();

/** One table over the projections of all its partitions. */
function join<V>(projections: readonly TableProjection<V>[]): Table<V> {
  return {
    get(key) {
      const partition = partitionOf(Buffer.from(key), projections.length);
      return projections[partition]?.table.get(key);
    },
    *rows(after) {
      for (const { table } of projections) yield* table.rows(after);
    },
    *rowsWith(words, after) {
      for (const { table } of projections) yield* table.rowsWith(words, after);
    },
  };
}

/**
 * Opens whole tables. They are restored in the background: `restored` resolves, and `caughtUp`
 * is true, when all hold what was in their topics at the opening.
 */
export async function openGlobalTables<T extends Readonly<Record<string, Topic>>>(options: {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly tables: T;
  readonly wordFields?: WordFieldsOf<T>;
  readonly directory: string;
  readonly log: Log;
  readonly clock?: Clock;
  readonly health: Health;
  readonly process: string;
  /** Told of rows that are set aside; by default it is left to another process to tell of them. */
  readonly onPoison?: PoisonHandler;
}): Promise<GlobalTables<T>> {
  const { kafka, serde, directory, log, health, process } = options;
  const openTable = async (
    topic: Topic,
    wordFields: object,
  ): Promise<readonly TableProjection<unknown>[]> => {
    const count = await partitionCount(kafka, topic.name);
    const homes: Homes = new Map();
    const partitions = Array.from({ length: count }, (_, partition) =>
      openTableProjection({
        kafka,
        serde,
        spec: { topic, wordFields },
        partition,
        directory,
        log,
        clock: options.clock ?? systemClock,
        health,
        process,
        onPoison: options.onPoison ?? leaveToOthers,
        homes,
      }),
    );
    return openTogether<TableProjection<unknown>>(partitions);
  };
  const closeAll = async (projections: readonly TableProjection<unknown>[]) => {
    await Promise.all(projections.map((each) => each.close()));
  };
  const named = Object.entries(options.tables).map(async ([name, topic]) => {
    const projections = await openTable(topic, options.wordFields?.[name] ?? {});
    return { name, topic, projections, close: () => closeAll(projections) };
  });
  const opening = await openTogether(named);
  const opened = opening.flatMap(({ projections }) => projections);
  const tables = Object.fromEntries(
    opening.map(({ name, projections }) => [name, join(projections)]),
  );
  const partitions = Object.fromEntries(
    opening.map(({ name, projections }) => [name, projections.map(({ table }) => table)]),
  );
  let caughtUp = false;
  const restored = Promise.all(opened.map((each) => each.restored)).then(() => {
    caughtUp = true;
  });
  restored.catch(() => undefined);
  const failed = Promise.race(opened.map((each) => each.failed)) as Promise<never>;
  failed.catch(() => undefined);
  return {
    tables: tables as TablesOf<T>,
    partitions: partitions as unknown as PartitionsOf<T>,
    restored,
    caughtUp: () => caughtUp,
    progress() {
      const all = opened.map((each) => each.progress());
      const sum = (pick: (each: (typeof all)[number]) => number) =>
        all.reduce((total, each) => total + pick(each), 0);
      return { restored: sum((each) => each.restored), total: sum((each) => each.total) };
    },
    failed,
    async catchUp(names, withinMs) {
      const chosen = opening.filter(({ name }) => names.includes(name));
      const caught = chosen.map(async ({ topic, projections }) => {
        const ends = await endOffsets(kafka, topic.name);
        await Promise.all(projections.map((each, at) => each.reached(ends[at]?.high ?? 0)));
      });
      const late = new AbortController();
      const clock = options.clock ?? systemClock;
      try {
        const tooLate = clock.sleep(withinMs, late.signal).then(() => false);
        return await Promise.race([Promise.all(caught).then(() => true), tooLate]);
      } finally {
        late.abort();
      }
    },
    close: () => closeAll(opened),
  };
}
