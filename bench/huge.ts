import type { Bench } from './bench.ts';
import { committedEnds, type Ends } from './committed.ts';
import type { Contender } from './contender.ts';
import { loadUsers, userRecord } from './load.ts';
import { usersBeforeHuge } from './options.ts';
import { type Asking, nextCanary, waitForCanary, waitIdle, waitReady } from './probe.ts';
import { bulkTopics, countBetween, type Patience, type Round, runRound } from './round.ts';
import { usageOf } from './usage.ts';
import { bigFanOut, describeRound, type Workload } from './workloads.ts';

/** How a contender fared with one event for more people than it was ever given. */
export type Huge = {
  readonly contender: string;
  readonly expected: number;
  /** Notifications of the event that could be read when it was done or given up. */
  readonly readable: number;
  /** Null when not all of them came. */
  readonly round: Round | null;
  /** Null when its processes have ended. */
  readonly memory: Memory | null;
  /** Why it was given up, and its own last error; null when all went well. */
  readonly failure: string | null;
};

/** Of the process whose memory rose highest. */
export type Memory = { readonly beforeBytes: number; readonly peakBytes: number };
export const growthOf = ({ beforeBytes, peakBytes }: Memory) => peakBytes - beforeBytes;

/**
 * Five million rows and their changelogs take minutes; ten times that means that it hangs. Asked
 * every second: each question that waits costs a fan-out later.
 */
const loading: Asking = { everyMs: 1000, deadlineMs: 1_800_000 };
/**
 * A stall must be longer than the 120 s that a transaction of the peers may last: until then
 * nothing can be seen of it. The whole is enough for several attempts and the restores between.
 */
const patience: Patience = { stallMs: 180_000, deadlineMs: 600_000 };
const maxReasonChars = 240;

/** The last line in which a contender speaks of an error of its own, cut to a readable length. */
export function lastErrorOf(lines: readonly string[]): string | null {
  const isError = /\bERROR\b|(Exception|Error)\b|"level":[56]0/;
  // A stack trace says where, not what; and what is tried again is no failure yet.
  const isAside = /^\s+(at|\.\.\.) |\bWARN\b.*\bretrying\b/;
  const found = lines.findLast((line) => isError.test(line) && !isAside.test(line));
  return found ? found.trim().slice(0, maxReasonChars) : null;
}

function reasonOf(contender: Contender, error: unknown): string {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const why = first.replace(/:$/, '');
  const own = lastErrorOf(contender.lines());
  return own ? `${why}; its last error: ${own}` : why;
}

const residentOf = (pids: readonly number[]) =>
  new Map(pids.map((pid) => [pid, usageOf([pid]).rssBytes]));

function isAlive(contender: Contender): boolean {
  try {
    contender.pids();
    return true;
  } catch {
    return false;
  }
}

function memoryOf(contender: Contender, before: ReadonlyMap<number, number>): Memory | null {
  if (!isAlive(contender)) return null;
  const grown = contender.pids().map((pid) => ({
    beforeBytes: before.get(pid) ?? 0,
    peakBytes: usageOf([pid]).peakRssBytes,
  }));
  return grown.reduce((most, each) => (each.peakBytes > most.peakBytes ? each : most));
}

/**
 * Starts a contender, waits until it has all rows, and warms it up with small fan-outs: so the
 * memory before the event is that of a program that has worked, and what it grows by is due to the
 * number of people alone.
 */
async function prepare(bench: Bench, contender: Contender, canary: string): Promise<void> {
  const { scale } = bench.options;
  const { small } = bench.world.watched;
  const warmUp = bigFanOut(bench, {
    movieId: small,
    followers: scale.small,
    events: scale.smallEvents,
  });
  contender.start();
  await waitForCanary(bench, contender, canary, loading);
  await waitReady(bench, contender);
  const { events, expected } = warmUp;
  const round = await runRound(bench, contender, { events: events(0), expected });
  bench.say(`huge, warm-up: ${contender.name} ${describeRound(round)}`);
  await waitIdle(bench, contender);
}

/** Prepares a contender and sends it the event; what goes wrong is part of the answer. */
async function measureOne(
  bench: Bench,
  contender: Contender,
  { workload, canary }: { readonly workload: Workload; readonly canary: string },
): Promise<Huge> {
  const { name } = contender;
  const { expected } = workload;
  let from: Ends | null = null;
  let before: ReadonlyMap<number, number> = new Map();
  try {
    await prepare(bench, contender, canary);
    from = await committedEnds(bench.kafka, bulkTopics(contender));
    before = residentOf(contender.pids());
    const round = await runRound(
      bench,
      contender,
      { events: workload.events(0), expected },
      patience,
    );
    bench.say(`huge, ${workload.name}: ${name} ${describeRound(round)}`);
    const memory = memoryOf(contender, before);
    return { contender: name, expected, readable: expected, round, memory, failure: null };
  } catch (error) {
    const failure = reasonOf(contender, error);
    bench.say(`huge, ${workload.name}: ${failure}`);
    const nothing = { contender: name, expected, readable: 0, round: null, memory: null, failure };
    if (!from) return nothing;
    const memory = memoryOf(contender, before);
    const to = await committedEnds(bench.kafka, bulkTopics(contender));
    return { ...nothing, memory, readable: await countBetween(bench, from, to) };
  }
}

/**
 * Gives each contender one event for everyone, while no other runs. A contender that fails is
 * recorded with its failure, and the next one has its turn.
 */
export async function measureHuge(
  bench: Bench,
  contenders: readonly Contender[],
): Promise<readonly Huge[]> {
  const { options, world } = bench;
  const { huge: followers } = options.scale;
  await loadUsers(bench, usersBeforeHuge(options), followers);
  const { movieId: canary, rows } = nextCanary(bench);
  await bench.producer.send(rows.map((row) => userRecord(bench, row)));
  const workload = bigFanOut(bench, { movieId: world.watched.all, followers });
  const results: Huge[] = [];
  for (const contender of contenders) {
    results.push(await measureOne(bench, contender, { workload, canary }));
    await contender.stop();
  }
  return results;
}
