import type { Bench } from './bench.ts';
import type { Contender } from './contender.ts';
import { cpuMicrosOf, type Round, runRound } from './round.ts';
import type { Workload } from './workloads.ts';

const pairs = 5;

/**
 * What a notification of a large fan-out costs in CPU, against one of small fan-outs. Both are
 * measured right after each other, by turns the one and the other first: machines get slower and
 * faster within a minute, by more than what is looked for here. Answers the ratio of each pair.
 */
export async function measureGrowth(
  bench: Bench,
  contender: Contender,
  { large, small }: { readonly large: Workload; readonly small: Workload },
): Promise<readonly number[]> {
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    // The numbers before are those of the rounds.
    const number = bench.options.rounds + 1 + pair;
    const measure = async ({ events, expected }: Workload): Promise<Round> =>
      runRound(bench, contender, { events: events(number), expected });
    const order = pair % 2 === 0 ? [large, small] : [small, large];
    const micros = new Map<Workload, number>();
    for (const workload of order) micros.set(workload, cpuMicrosOf(await measure(workload)));
    ratios.push((micros.get(large) ?? 0) / (micros.get(small) ?? 1));
  }
  bench.say(`growth: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
  return ratios;
}
