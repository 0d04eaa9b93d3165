import { setTimeout as sleep } from 'node:timers/promises';
import type { User } from '../schemas/generated/records.ts';
import { lanes } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';
import { committedEnds, type Ends, sumOf } from './committed.ts';
import type { Contender } from './contender.ts';
import { episodeRecords } from './load.ts';
import { usageOf } from './usage.ts';

const pollMs = 5;
/** How long an answer is waited for, and how often the question is put again meanwhile. */
export type Asking = { readonly everyMs: number; readonly deadlineMs: number };
const quietMs = 1500;
/** Longer than a rebalance takes; a contender that never stops to complain is not waited for. */
const calmMs = 5000;
const calmDeadlineMs = 60_000;
const once: Asking = { everyMs: Number.POSITIVE_INFINITY, deadlineMs: 300_000 };
/** Often enough to see to a twentieth of a second when rows are there. */
const often: Asking = { everyMs: 50, deadlineMs: 300_000 };
/** Work that nobody asked for (compaction, compilation) takes a tenth of a core or more. */
const idleShare = 0.1;
const idleSampleMs = 2000;
const idleDeadlineMs = 120_000;
/** Counts events of probes, so that each has an id of its own; far from those of the workloads. */
let probes = 1_000_000;

/** Sends an event to a contender. */
async function sendEpisode(bench: Bench, contender: Contender, movieId: string) {
  probes += 1;
  const event = bench.world.episode(movieId, probes);
  await bench.producer.send(episodeRecords(bench, contender, [event]));
}

const hasMoved = (before: Ends, now: Ends) =>
  now.every(({ offset }, index) => offset > (before[index]?.offset ?? 0));

const probeTopics = (contender: Contender) => [contender.topicOf(lanes.email.bulk)];

/** Waits until nothing more is written. */
async function settle(bench: Bench, contender: Contender): Promise<void> {
  let ends = await committedEnds(bench.kafka, probeTopics(contender));
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < quietMs) {
    await sleep(quietMs / 10);
    const now = await committedEnds(bench.kafka, probeTopics(contender));
    if (sumOf(now) > sumOf(ends)) sinceMs = performance.now();
    ends = now;
  }
}

/** A group that still shares out its partitions says so in the logs; waits until it is silent. */
async function waitCalm(contender: Contender): Promise<void> {
  const endMs = performance.now() + calmDeadlineMs;
  let count = contender.lines().length;
  for (let sinceMs = performance.now(); performance.now() - sinceMs < calmMs; ) {
    if (performance.now() > endMs) return;
    await sleep(quietMs / 10);
    const now = contender.lines().length;
    if (now !== count) sinceMs = performance.now();
    count = now;
  }
}

/**
 * Sends events of a movie that one person in each partition follows, until they all were reached;
 * answers when that was (`performance.now()`). A contender that has not read a row yet does not
 * reach its person, so the event is sent again every `everyMs`.
 */
async function probe(
  bench: Bench,
  contender: Contender,
  movieId: string,
  { everyMs, deadlineMs }: Asking,
): Promise<number> {
  const names = probeTopics(contender);
  const before = await committedEnds(bench.kafka, names);
  const startMs = performance.now();
  let nextMs = startMs;
  for (;;) {
    const nowMs = performance.now();
    if (nowMs - startMs > deadlineMs) {
      const tail = contender.lines().slice(-20).join('\n');
      throw new Error(`${contender.name} did not answer within ${deadlineMs} ms:\n${tail}`);
    }
    contender.pids();
    if (nowMs >= nextMs) {
      nextMs = nowMs + everyMs;
      await sendEpisode(bench, contender, movieId);
    }
    if (hasMoved(before, await committedEnds(bench.kafka, names))) return performance.now();
    await sleep(pollMs);
  }
}

/**
 * Waits until a contender that was just started works in all partitions; answers when. Its first
 * notification comes only after its tables are there.
 */
export async function waitReady(bench: Bench, contender: Contender): Promise<number> {
  const { probe: movieId } = bench.world.watched;
  const readyMs = await probe(bench, contender, movieId, once);
  await settle(bench, contender);
  await waitCalm(contender);
  return readyMs;
}

let canariesUsed = 0;

/** Rows which say that those who are probed with follow one movie more, and that movie. */
export function nextCanary({ world }: Bench): { movieId: string; rows: readonly User[] } {
  const movieId = world.canaries[canariesUsed];
  canariesUsed += 1;
  if (!movieId) throw new Error('the world has too few canaries');
  const followedMovieIds = [world.watched.probe, movieId];
  return { movieId, rows: world.probes.map((row) => ({ ...row, followedMovieIds })) };
}

/** Waits until a contender has read the rows of a canary, and so all rows before; answers when. */
export async function waitForCanary(
  bench: Bench,
  contender: Contender,
  movieId: string,
  asking: Asking = often,
): Promise<number> {
  const seenMs = await probe(bench, contender, movieId, asking);
  await settle(bench, contender);
  return seenMs;
}

/** Waits until a contender and the broker have done what loading so much left them to do. */
export async function waitIdle({ brokerPid }: Bench, contender: Contender): Promise<void> {
  const used = () => usageOf([...contender.pids(), brokerPid]).cpuSeconds;
  const endMs = performance.now() + idleDeadlineMs;
  for (let before = used(); performance.now() < endMs; ) {
    await sleep(idleSampleMs);
    const now = used();
    if ((now - before) * 1000 < idleSampleMs * idleShare) return;
    before = now;
  }
}
