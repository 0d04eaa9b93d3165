import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench } from '../bench.ts';
import { resetPeak, usageOf } from '../usage.ts';
import type { Load, Seen } from './load-process.ts';
import type { Server } from './servers.ts';

/** One load on one server. CPU is of each answer. */
export type Shot = Seen & {
  readonly cpuMicros: number;
  readonly brokerMicros: number;
  readonly peakRssBytes: number;
};

const run = promisify(execFile);
const program = join(import.meta.dirname, 'load-process.ts');
const microsPerSecond = 1_000_000;

/** The generator is a process of its own, so that its work is in nobody else's figure. */
export async function shoot(bench: Bench, server: Server, load: Omit<Load, 'url'>, path: string) {
  const pids = server.process.pids();
  resetPeak(pids);
  const [before, brokerBefore] = [usageOf(pids), usageOf([bench.brokerPid])];
  const argument = JSON.stringify({ ...load, url: `${server.url}${path}` } satisfies Load);
  const { stdout } = await run(process.execPath, [program, argument]);
  const [after, brokerAfter] = [usageOf(pids), usageOf([bench.brokerPid])];
  const seen = JSON.parse(stdout) as Seen;
  if (seen.refused > seen.answered / 2) {
    throw new Error(
      `${server.name} refuses ${path}: ${server.process.lines().slice(-3).join('\n')}`,
    );
  }
  const perAnswer = (seconds: number) => (seconds * microsPerSecond) / Math.max(1, seen.answered);
  return {
    ...seen,
    cpuMicros: perAnswer(after.cpuSeconds - before.cpuSeconds),
    brokerMicros: perAnswer(brokerAfter.cpuSeconds - brokerBefore.cpuSeconds),
    peakRssBytes: after.peakRssBytes,
  } satisfies Shot;
}
