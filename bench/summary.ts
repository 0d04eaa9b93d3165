import { growthOf } from './huge.ts';
import type { Latency } from './latency.ts';
import type { Measured } from './run.ts';
import { median } from './statistics.ts';
import type { Result } from './workloads.ts';

/** What the last line of a run says; a figure that was not measured is null. */
export type Summary = Readonly<
  Record<
    | 'ratioThroughput'
    | 'ratioCpu'
    | 'ratioThroughputTuned'
    | 'ratioCpuTuned'
    | 'ratioToLimit'
    | 'growth1M'
    | 'latencyP50Ms'
    | 'latencyP99Ms'
    | 'peerLatencyP99Ms'
    | 'firstReadableMs'
    | 'hugeDelivered'
    | 'hugeGrowthMb',
    number | null
  >
>;

const engine = 'engine';

const find = <T extends { readonly contender: string }>(
  list: readonly T[] | undefined,
  name: string,
): T | undefined => list?.find(({ contender }) => contender === name);

/** Of the ratios of all workloads, the one that speaks most against the engine. */
function worst(ratios: readonly (number | null)[], pick: (...values: number[]) => number) {
  const known = ratios.filter((ratio) => ratio !== null);
  return known.length === 0 ? null : pick(...known);
}

/** How a figure of the engine stands to that of a peer; null when one of them is missing. */
export function ratioOf(
  results: readonly Result[] | undefined,
  peer: string,
  figure: (result: Result) => number,
): number | null {
  const [ours, theirs] = [find(results, engine), find(results, peer)];
  return ours && theirs ? figure(ours) / figure(theirs) : null;
}

const rate = ({ rate }: Result) => rate;
const cpu = ({ cpuMicros }: Result) => cpuMicros;
/** Figures are told to a thousandth. */
const precision = 1000;
const bytesPerMb = 1024 * 1024;
const rounded = (value: number | null) =>
  value === null ? null : Math.round(value * precision) / precision;

function bestPeer(latencies: readonly Latency[] | undefined): number | null {
  const peers = (latencies ?? []).filter(({ contender }) => contender !== engine);
  return peers.length === 0 ? null : Math.min(...peers.map(({ p99Ms }) => p99Ms));
}

/**
 * The figures that the targets are about. Ratios of throughput and CPU hold for every workload: the
 * lowest throughput, the highest CPU. Of several peers the quickest counts.
 */
export function summaryOf(measured: Measured): Summary {
  const workloads = [measured.w1, measured.half, measured.all];
  const ratios = (peer: string, figure: (result: Result) => number) =>
    workloads.map((results) => ratioOf(results, peer, figure));
  const all = find(measured.all, engine);
  const latency = find(measured.latency, engine);
  const huge = find(measured.huge, engine);
  const { growth, limit } = measured;
  const summary: Summary = {
    ratioThroughput: worst(ratios('idiomatic', rate), Math.min),
    ratioCpu: worst(ratios('idiomatic', cpu), Math.max),
    ratioThroughputTuned: worst(ratios('tuned', rate), Math.min),
    ratioCpuTuned: worst(ratios('tuned', cpu), Math.max),
    ratioToLimit: all && limit ? all.rate / limit.rate : null,
    growth1M: growth ? median(growth) : null,
    latencyP50Ms: latency?.p50Ms ?? null,
    latencyP99Ms: latency?.p99Ms ?? null,
    peerLatencyP99Ms: bestPeer(measured.latency),
    firstReadableMs: all?.firstMs ?? null,
    hugeDelivered: huge ? huge.readable / huge.expected : null,
    hugeGrowthMb: huge?.memory ? growthOf(huge.memory) / bytesPerMb : null,
  };
  const entries = Object.entries(summary).map(([name, value]) => [name, rounded(value)]);
  return Object.fromEntries(entries) as Summary;
}
