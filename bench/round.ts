import { setTimeout as sleep } from 'node:timers/promises';
import type { EpisodeReleased } from '../schemas/generated/records.ts';
import { lanes } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';
import { committedEnds, type Ends, readBetween, sumOf } from './committed.ts';
import type { Contender } from './contender.ts';
import { episodeRecords } from './load.ts';
import { resetPeak, usageOf } from './usage.ts';

/** What one round of a workload was like. */
export type Round = {
  readonly notifications: number;
  /** From before the first event was sent to the last notification being readable. */
  readonly durationMs: number;
  /** From before the first event was sent to the first notification being readable. */
  readonly firstMs: number;
  readonly cpuSeconds: number;
  /** What the broker used meanwhile. */
  readonly brokerCpuSeconds: number;
  readonly peakRssBytes: number;
  /** Where its notifications lie. */
  readonly from: Ends;
  readonly to: Ends;
};

/** Notifications a second, and CPU of each in microseconds: the contender's and the broker's. */
export const rateOf = ({ notifications, durationMs }: Round) => (notifications / durationMs) * 1000;
export const cpuMicrosOf = ({ notifications, cpuSeconds }: Round) =>
  (cpuSeconds / notifications) * 1_000_000;
export const brokerMicrosOf = ({ notifications, brokerCpuSeconds }: Round) =>
  (brokerCpuSeconds / notifications) * 1_000_000;

const firstPollMs = 2;
const pollMs = 10;
/** Longer than any pause between two commits of a contender at work. */
const quietMs = 1500;

/** How long a round is waited for. */
export type Patience = {
  /** Without the committed ends moving. */
  readonly stallMs: number;
  /** Altogether. */
  readonly deadlineMs: number;
};
const usualPatience: Patience = { stallMs: 300_000, deadlineMs: 300_000 };

/** The topics that fan-outs are written to, as this contender names them. */
export const bulkTopics = (contender: Contender) =>
  Object.values(lanes).map(({ bulk }) => contender.topicOf(bulk));

/** Counts what a reader at read_committed finds between two ends. */
export async function countBetween(bench: Bench, from: Ends, to: Ends): Promise<number> {
  let count = 0;
  await readBetween(bench.kafka, from, to, (records) => {
    count += records.length;
  });
  return count;
}

/** What the contender and the broker have used so far. */
function cpuOf(bench: Bench, contender: Contender) {
  const [own, broker] = [contender.pids(), [bench.brokerPid]].map(usageOf);
  return { own: own?.cpuSeconds ?? 0, broker: broker?.cpuSeconds ?? 0 };
}

type Work = { readonly events: readonly EpisodeReleased[]; readonly expected: number };

const shownLines = 20;

function wrongCount(contender: Contender, why: string, [found, wanted]: [number, number]): Error {
  const tail = contender.lines().slice(-shownLines).join('\n');
  return new Error(`${contender.name}: ${why}, ${found} notifications of ${wanted}:\n${tail}`);
}

/** Why nothing more is waited for; null while there is hope. */
function despairOf(times: { sinceStartMs: number; sinceMoveMs: number }, patience: Patience) {
  const { stallMs, deadlineMs } = patience;
  if (times.sinceMoveMs > stallMs) return `no progress for ${stallMs / 1000} s`;
  return times.sinceStartMs > deadlineMs ? `not done after ${deadlineMs / 1000} s` : null;
}

/**
 * Sends events to a contender and waits until what they bring can be read at read_committed: until
 * the ends of its topics, markers included, rest. Then the records are counted by reading them: the
 * ends move over what was aborted as well, so a count that is too low is waited on.
 */
export async function runRound(
  bench: Bench,
  contender: Contender,
  { events, expected }: Work,
  patience: Patience = usualPatience,
): Promise<Round> {
  const { kafka, producer } = bench;
  const names = bulkTopics(contender);
  const records = episodeRecords(bench, contender, events);
  const from = await committedEnds(kafka, names);
  resetPeak(contender.pids());
  const before = cpuOf(bench, contender);
  const startMs = performance.now();
  const sending = producer.send(records);
  // Its failure is seen at the end; not to be an unhandled one.
  sending.catch(() => undefined);
  let [to, counted] = [from, from];
  let [notifications, firstMs, lastMs] = [0, 0, startMs];
  let cpu = before;
  while (notifications < expected) {
    const ends = await committedEnds(kafka, names);
    const nowMs = performance.now();
    if (sumOf(ends) > sumOf(to)) {
      if (to === from) firstMs = nowMs - startMs;
      to = ends;
      lastMs = nowMs;
      cpu = cpuOf(bench, contender);
    }
    const times = { sinceStartMs: nowMs - startMs, sinceMoveMs: nowMs - lastMs };
    const despair = despairOf(times, patience);
    const moved = sumOf(to) - sumOf(counted);
    const mayBeDone = moved >= expected - notifications && times.sinceMoveMs > quietMs;
    if (mayBeDone) {
      notifications += await countBetween(bench, counted, to);
      counted = to;
    } else if (despair) throw wrongCount(contender, despair, [notifications, expected]);
    // Throws when one of its processes has ended.
    contender.pids();
    await sleep(to === from ? firstPollMs : pollMs);
  }
  await sending;
  if (notifications > expected) {
    throw wrongCount(contender, 'too many', [notifications, expected]);
  }
  return {
    notifications,
    durationMs: lastMs - startMs,
    firstMs,
    cpuSeconds: cpu.own - before.own,
    brokerCpuSeconds: cpu.broker - before.broker,
    peakRssBytes: usageOf(contender.pids()).peakRssBytes,
    from,
    to,
  };
}
