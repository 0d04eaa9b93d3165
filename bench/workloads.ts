import type { EpisodeReleased } from '../schemas/generated/records.ts';
import type { Bench } from './bench.ts';
import type { Contender } from './contender.ts';
import { type Digest, differenceOf, digestOf, isSame } from './digest.ts';
import { brokerMicrosOf, cpuMicrosOf, type Round, rateOf, runRound } from './round.ts';
import { median } from './statistics.ts';

/** Events for all contenders in turn, round by round. */
export type Workload = {
  readonly name: string;
  readonly expected: number;
  events(round: number): readonly EpisodeReleased[];
};

/** The medians of a contender's rounds. */
export type Result = {
  readonly contender: string;
  readonly rate: number;
  readonly cpuMicros: number;
  /** CPU that the broker spent on each. */
  readonly brokerMicros: number;
  readonly firstMs: number;
  readonly peakRssBytes: number;
  readonly rates: readonly number[];
};

function resultOf(contender: string, rounds: readonly Round[]): Result {
  return {
    contender,
    rate: median(rounds.map(rateOf)),
    cpuMicros: median(rounds.map(cpuMicrosOf)),
    brokerMicros: median(rounds.map(brokerMicrosOf)),
    firstMs: median(rounds.map(({ firstMs }) => firstMs)),
    peakRssBytes: Math.max(...rounds.map(({ peakRssBytes }) => peakRssBytes)),
    rates: rounds.map(rateOf),
  };
}

/** Compares what the contenders wrote of the same events with what the first of them wrote. */
function createComparison(bench: Bench) {
  let first: { readonly round: Round; readonly digest: Digest } | null = null;
  return async (round: Round): Promise<void> => {
    const digest = await digestOf(bench, round.from, round.to);
    if (first === null) first = { round, digest };
    else if (!isSame(first.digest, digest)) {
      const difference = await differenceOf(bench, first.round, round);
      throw new Error(`The notifications differ:\n${difference}`);
    }
  };
}

/** A round in a line of the log. */
export function describeRound(round: Round): string {
  const rate = Math.round(rateOf(round)).toLocaleString('en');
  const [own, broker] = [cpuMicrosOf(round), brokerMicrosOf(round)].map((us) => us.toFixed(2));
  return `${rate}/s, ${own} µs, broker ${broker} µs, first ${Math.round(round.firstMs)} ms`;
}

/**
 * Gives all contenders the same events, one after the other, round by round, so that what the
 * machine does meanwhile meets them alike. The first round is thrown away but for the comparison of
 * what was written.
 */
export async function runWorkload(
  bench: Bench,
  contenders: readonly Contender[],
  workload: Workload,
): Promise<readonly Result[]> {
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  const compare = createComparison(bench);
  for (let number = 0; number <= bench.options.rounds; number += 1) {
    const kind = number === 0 ? 'thrown away' : `round ${number}`;
    for (const contender of contenders) {
      const { expected } = workload;
      const round = await runRound(bench, contender, { events: workload.events(number), expected });
      bench.say(`${workload.name}, ${kind}: ${contender.name} ${describeRound(round)}`);
      if (number === 0) await compare(round);
      else rounds.get(contender.name)?.push(round);
    }
  }
  return contenders.map(({ name }) => resultOf(name, rounds.get(name) ?? []));
}

const nonceSpan = 10_000;

/** An event for each movie of W1. */
export function smallFanOuts({ world, options }: Bench): Workload {
  const { scale } = options;
  let expected = 0;
  for (let i = 0; i < scale.fans; i += 1) expected += world.notificationsOf(i) * scale.moviesPerFan;
  return {
    name: 'W1',
    expected,
    events: (round) =>
      world.movies
        .slice(0, scale.movies)
        .map(({ id }, index) => world.episode(id, round * nonceSpan + index)),
  };
}

let workloads = 100;

/** Some events for the first `followers` users. */
export function bigFanOut(
  { world }: Bench,
  options: { readonly movieId: string; readonly followers: number; readonly events?: number },
): Workload {
  const { movieId, followers, events = 1 } = options;
  let each = 0;
  for (let i = 0; i < followers; i += 1) each += world.notificationsOf(i);
  workloads += 1;
  const base = workloads * nonceSpan;
  return {
    name: `${events} × ${followers.toLocaleString('en')} followers`,
    expected: each * events,
    events: (round) =>
      Array.from({ length: events }, (_, index) =>
        world.episode(movieId, base + round * 200 + index),
      ),
  };
}
