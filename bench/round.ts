import { setTimeout as sleep } from 'node:timers/promises';
import type { EpisodeReleased } from '../schemas/generated/records.ts';
import { lanes, topics } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';
import { committedEnds, type Ends, readBetween, sumOf } from './committed.ts';
import type { Contender } from './contender.ts';
import { recordFor } from './load.ts';
import { resetPeak, usageOf } from './usage.ts';

/** What one round of a workload was like. */
export type Round = {
  readonly notifications: number;
  /** From before the first event was sent to the last notification being readable. */
  readonly durationMs: number;
  /** From before the first event was sent to the first notification being readable. */
  readonly firstMs: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  /** Where its notifications lie. */
  readonly from: Ends;
  readonly to: Ends;
};

/** Notifications a second, and CPU of each in microseconds. */
export const rateOf = ({ notifications, durationMs }: Round) => (notifications / durationMs) * 1000;
export const cpuMicrosOf = ({ notifications, cpuSeconds }: Round) =>
  (cpuSeconds / notifications) * 1_000_000;

const firstPollMs = 2;
const pollMs = 10;
/** Longer than any pause between two commits of a contender at work. */
const quietMs = 1500;
const deadlineMs = 300_000;

/** The topics that fan-outs are written to, as this contender names them. */
export const bulkTopics = (contender: Contender) =>
  Object.values(lanes).map(({ bulk }) => contender.topicOf(bulk));

async function countBetween(bench: Bench, from: Ends, to: Ends): Promise<number> {
  let count = 0;
  await readBetween(bench.kafka, from, to, (records) => {
    count += records.length;
  });
  return count;
}

/**
 * Sends events to a contender and waits until what they bring can be read at read_committed: until
 * the ends of its topics, markers included, rest. Then the records are counted by reading them.
 */
export async function runRound(
  bench: Bench,
  contender: Contender,
  work: { readonly events: readonly EpisodeReleased[]; readonly expected: number },
): Promise<Round> {
  const { kafka, producer } = bench;
  const names = bulkTopics(contender);
  const name = contender.topicOf(topics.episodeReleased);
  const records = work.events.map((value) =>
    recordFor(bench, topics.episodeReleased, { key: value.movieId, value, name }),
  );
  const from = await committedEnds(kafka, names);
  resetPeak(contender.pids());
  const before = usageOf(contender.pids());
  const startMs = performance.now();
  const sending = producer.send(records);
  let to = from;
  let firstMs = 0;
  let lastMs = startMs;
  let usage = before;
  for (;;) {
    const ends = await committedEnds(kafka, names);
    const nowMs = performance.now();
    if (sumOf(ends) > sumOf(to)) {
      if (to === from) firstMs = nowMs - startMs;
      to = ends;
      lastMs = nowMs;
      usage = usageOf(contender.pids());
    }
    const moved = sumOf(to) - sumOf(from);
    if (moved >= work.expected && nowMs - lastMs > quietMs) break;
    if (nowMs - startMs > deadlineMs) break;
    await sleep(to === from ? firstPollMs : pollMs);
  }
  await sending;
  const notifications = await countBetween(bench, from, to);
  if (notifications !== work.expected) {
    const tail = contender.lines().slice(-20).join('\n');
    throw new Error(
      `${contender.name} wrote ${notifications} notifications, not ${work.expected}:\n${tail}`,
    );
  }
  return {
    notifications,
    durationMs: lastMs - startMs,
    firstMs,
    cpuSeconds: usage.cpuSeconds - before.cpuSeconds,
    peakRssBytes: usageOf(contender.pids()).peakRssBytes,
    from,
    to,
  };
}
