import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runningProcess } from '../../dev/infra/pid-file.mjs';
import type { Bench } from '../bench.ts';
import { usageOf } from '../usage.ts';

/** CPU seconds of a server and of all its sessions, those that ended included. */
export function databaseCpuSeconds(bench: Bench): number {
  const server = runningProcess(join(bench.folder, 'infra', 'pids', 'postgres.pid'));
  if (!server) throw new Error('PostgreSQL does not run');
  const { pid } = server;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return usageOf([pid, ...children.filter(Boolean).map(Number)]).cpuSeconds;
}
