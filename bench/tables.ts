import { createHealth } from '../runtime/health.ts';
import { takeOver } from '../runtime/kafka/transactions.ts';
import type { Bench } from './bench.ts';
import type { Contender } from './contender.ts';
import { userRecord } from './load.ts';
import { nextCanary, waitForCanary, waitReady } from './probe.ts';
import { usageOf } from './usage.ts';

/** How fast a contender gets at the rows of its tables. */
export type Restore = {
  readonly contender: string;
  /** From the start with empty disks to the first notification being readable. */
  readonly totalMs: number;
  /** The part of it in which rows were read, by its own log; see `restoringSinceMs`. */
  readonly restoreMs: number;
  readonly rowsPerSecond: number;
  readonly rssBytes: number;
};
export type Updates = {
  readonly contender: string;
  readonly rowsPerSecond: number;
  readonly cpuMicros: number;
};

const usersPerPass = (bench: Bench) => bench.options.scale.fans;

type LogLine = {
  readonly time?: number;
  readonly event?: string;
  readonly processor?: string;
  readonly msg?: string;
  readonly store?: string;
  readonly slots?: readonly number[];
};

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}

/** Stores of users in Kafka Streams; the global tables are read before it joins its group. */
const userStores: readonly string[] = ['users-store', 'followers-store'];

/**
 * When a contender began to read its users (milliseconds since 1970): the engine right after it
 * was given its first partitions, Kafka Streams when its restore listener is first called for them.
 */
function restoringSinceMs(contender: Contender): number {
  const began = contender
    .lines()
    .map(parse)
    .filter(
      ({ event, store = '', processor, msg, slots = [] }) =>
        (event === 'restoreStart' && userStores.includes(store)) ||
        (processor === 'notify' && msg === 'joined the group' && slots.length > 0),
    );
  return Math.min(...began.map(({ time = 0 }) => time));
}

/** Starts a contender with empty disks. It is left running. */
export async function measureRestore(bench: Bench, contender: Contender): Promise<Restore> {
  contender.wipe();
  const startMs = performance.now();
  contender.start();
  const readyMs = await waitReady(bench, contender);
  const restoreMs = performance.timeOrigin + readyMs - restoringSinceMs(contender);
  const result = {
    contender: contender.name,
    totalMs: readyMs - startMs,
    restoreMs,
    rowsPerSecond: (bench.options.scale.users / restoreMs) * 1000,
    rssBytes: usageOf(contender.pids()).rssBytes,
  };
  const [total, restore, rate] = [result.totalMs, restoreMs, result.rowsPerSecond].map(Math.round);
  bench.say(
    `restore: ${contender.name} ${total} ms, of which ${restore} ms restoring, ${rate} rows/s`,
  );
  return result;
}

let passes = 0;

/** Writes rows in one transaction: all become readable at once, with no writer at work beside. */
async function writeAtOnce(bench: Bench, movieRows: Parameters<typeof userRecord>[1][]) {
  const { kafka, log } = bench;
  const { signal } = new AbortController();
  const identity = { transactionalId: 'bench-updates', groupId: 'bench-updates' };
  const { producer } = await takeOver({
    kafka,
    ...identity,
    inputs: [],
    log,
    health: createHealth(log),
    signal,
  });
  await producer.commit({ records: movieRows.map((row) => userRecord(bench, row)), offsets: [] });
  await producer.close();
}

/** Replaces one movie of many users, and waits until a running contender has read all of it. */
export async function measureUpdates(bench: Bench, contender: Contender): Promise<Updates> {
  const { world, options } = bench;
  const { updates } = options.scale;
  const rows: Parameters<typeof userRecord>[1][] = [];
  while (rows.length < updates) {
    for (let i = 0; i < usersPerPass(bench) && rows.length < updates; i += 1) {
      rows.push(world.updated(i, passes));
    }
    passes += 1;
  }
  const canary = nextCanary(bench);
  const before = usageOf(contender.pids());
  await writeAtOnce(bench, [...rows, ...canary.rows]);
  const committedMs = performance.now();
  const seenMs = await waitForCanary(bench, contender, canary.movieId);
  const { cpuSeconds } = usageOf(contender.pids());
  const result = {
    contender: contender.name,
    rowsPerSecond: (updates / (seenMs - committedMs)) * 1000,
    cpuMicros: ((cpuSeconds - before.cpuSeconds) / updates) * 1_000_000,
  };
  const rate = Math.round(result.rowsPerSecond);
  bench.say(`updates: ${contender.name} ${rate} rows/s, ${result.cpuMicros.toFixed(1)} µs each`);
  return result;
}
