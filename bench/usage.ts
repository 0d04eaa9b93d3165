import { readFileSync, writeFileSync } from 'node:fs';

/** What some processes have used of the machine so far. */
export type Usage = {
  readonly cpuSeconds: number;
  /** Highest resident memory of any one of them since `resetPeak`, in bytes. */
  readonly peakRssBytes: number;
  /** Resident memory of the largest one now. */
  readonly rssBytes: number;
};

/** `USER_HZ` of proc(5): 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
/** Fields of /proc/<pid>/stat, counted from the state, which is the third. */
const cpuFields = { utime: 14, stime: 15, cutime: 16, cstime: 17 } as const;
const firstField = 3;
const bytesPerKb = 1024;

function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Object.values(cpuFields).reduce(
    (sum, field) => sum + Number(fields[field - firstField]),
    0,
  );
}

function statusBytes(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return Number(kb ?? 0) * bytesPerKb;
}

/** CPU time (children that ended included) and memory of some processes. */
export function usageOf(pids: readonly number[]): Usage {
  return {
    cpuSeconds: pids.reduce((sum, pid) => sum + cpuTicks(pid), 0) / ticksPerSecond,
    peakRssBytes: Math.max(0, ...pids.map((pid) => statusBytes(pid, 'VmHWM'))),
    rssBytes: Math.max(0, ...pids.map((pid) => statusBytes(pid, 'VmRSS'))),
  };
}

/** Lets the peak of memory begin anew (proc(5), clear_refs: 5). */
export function resetPeak(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
