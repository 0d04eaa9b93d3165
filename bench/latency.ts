import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { committedEnds, sumOf } from './committed.ts';
import type { Contender } from './contender.ts';
import { episodeRecords } from './load.ts';
import { openReplyMeter, type ReplyMeter } from './reply-meter.ts';
import { bulkTopics } from './round.ts';
import { quantile } from './statistics.ts';
import type { Workload } from './workloads.ts';

/** How long replies took from being sent to being readable. */
export type Latency = {
  readonly contender: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

/** 50 a second. */
const betweenRepliesMs = 20;
const p50 = 0.5;
const p99 = 0.99;
const deadlineMs = 300_000;
const pollMs = 10;

function latencyOf(contender: string, values: readonly number[]): Latency {
  return {
    contender,
    count: values.length,
    p50Ms: quantile(values, p50),
    p99Ms: quantile(values, p99),
    maxMs: Math.max(0, ...values),
  };
}

function report(bench: Bench, what: string, latency: Latency): Latency {
  const { contender, count } = latency;
  const [half, most, max] = [latency.p50Ms, latency.p99Ms, latency.maxMs].map(Math.round);
  bench.say(`${what}: ${contender} p50 ${half} ms, p99 ${most} ms, max ${max} ms (${count})`);
  return latency;
}

/** Sends at a steady rate, whatever the broker is busy with, until told that it is enough. */
async function sendSteadily(meter: ReplyMeter, isEnough: (sent: number) => boolean): Promise<void> {
  const startMs = performance.now();
  for (let sent = 0; !isEnough(sent); sent += 1) {
    await sleep(Math.max(0, startMs + sent * betweenRepliesMs - performance.now()));
    meter.send();
  }
}

/** Replies at a steady rate to a contender that has nothing else to do. */
export async function measureLatency(bench: Bench, contender: Contender): Promise<Latency> {
  const { latencySeconds, latencyWarmUpSeconds } = bench.options.scale;
  const perSecond = 1000 / betweenRepliesMs;
  const warmUp = latencyWarmUpSeconds * perSecond;
  const total = warmUp + latencySeconds * perSecond;
  const meter = await openReplyMeter(bench, contender);
  await sendSteadily(meter, (sent) => sent >= total);
  const values = await meter.finish();
  return report(bench, 'latency', latencyOf(contender.name, values.slice(warmUp)));
}

/** Waits until so many records more can be read in a contender's bulk lanes. */
async function waitForFanOut(bench: Bench, contender: Contender, wanted: number): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (sumOf(await committedEnds(bench.kafka, bulkTopics(contender))) < wanted) {
    if (performance.now() > endMs) throw new Error(`${contender.name} hangs`);
    await sleep(pollMs);
  }
}

/** Replies at a steady rate while fan-outs to everyone run, one after the other. */
export async function measureReplies(
  bench: Bench,
  contender: Contender,
  workload: Workload,
): Promise<Latency> {
  const { kafka, producer, options } = bench;
  const values: number[] = [];
  for (let number = 0; number <= options.rounds; number += 1) {
    const events = episodeRecords(bench, contender, workload.events(number));
    const before = sumOf(await committedEnds(kafka, bulkTopics(contender)));
    const meter = await openReplyMeter(bench, contender);
    await producer.send(events);
    let over = false;
    const fanOut = waitForFanOut(bench, contender, before + workload.expected).finally(() => {
      over = true;
    });
    await Promise.all([fanOut, sendSteadily(meter, () => over)]);
    const latencies = await meter.finish();
    if (number > 0) values.push(...latencies);
  }
  return report(bench, 'replies during a fan-out', latencyOf(contender.name, values));
}
