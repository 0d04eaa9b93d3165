/**
 * Files that remember a process, so that a later run can tell whether it still lives and end it.
 * Plain JavaScript, because `npm run reset` uses it in a clone where nothing is installed yet.
 * Process ids are used again (in a container within minutes), so a file also holds the time at
 * which the process began: only both together name a process.
 */
import { spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 25;
/** How long the kernel may take to collect a killed process before we stop waiting for it. */
const killBoundMs = 5_000;
/** proc(5): field 22 of /proc/<pid>/stat; the fields after the name begin with the third. */
const startTimeIndex = 22 - 3;

/** What tells this process from any other one with its number; undefined when there is none. */
export function processIdentity(pid) {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces, hence the split after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended already; only its parent has not looked yet.
    if (fields[0] === 'Z') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${fields[startTimeIndex]}`;
  } catch {
    return undefined;
  }
}

export function writePidFile(path, { pid, signal }) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ pid, identity: processIdentity(pid), signal }));
}

/** The process that the file names, if it still runs. A missing or torn file names none. */
export function runningProcess(path) {
  try {
    const { pid, identity, signal } = JSON.parse(readFileSync(path, 'utf8'));
    if (!Number.isInteger(pid) || identity === undefined) return undefined;
    return processIdentity(pid) === identity ? { pid, identity, signal } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the file ours if nobody who lives holds it: a lock. It appears with its content in one
 * step, so nobody can take a lock that is just being taken for one that was left behind. Only two
 * processes that find the same left one at the same moment can both get it.
 */
export function takePidFile(path) {
  const own = `${path}.${process.pid}`;
  writePidFile(own, { pid: process.pid });
  try {
    linkSync(own, path);
    return true;
  } catch {
    if (runningProcess(path)) return false;
    renameSync(own, path);
    return runningProcess(path)?.pid === process.pid;
  } finally {
    rmSync(own, { force: true });
  }
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Either it led no group or it is gone; the wait below tells.
    try {
      process.kill(pid, signal);
    } catch {}
  }
}

async function hasEnded({ pid, identity }, boundMs) {
  const endMs = Date.now() + boundMs;
  while (processIdentity(pid) === identity) {
    if (Date.now() >= endMs) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Asks the process to end, and after `boundMs` makes it. False if even that did not help. */
export async function endProcess({ pid, identity, signal = 'SIGTERM' }, boundMs) {
  try {
    process.kill(pid, signal);
  } catch {}
  if (await hasEnded({ pid, identity }, boundMs)) return true;
  signalGroup(pid, 'SIGKILL');
  return hasEnded({ pid, identity }, killBoundMs);
}

/** Ends what a killed run left behind: each process with a file in the folder. Names them. */
export async function endLeftovers(directory, boundMs) {
  let files = [];
  try {
    files = readdirSync(directory).filter((file) => file.endsWith('.pid'));
  } catch {}
  const ended = await Promise.all(
    files.map(async (file) => {
      const path = join(directory, file);
      const found = runningProcess(path);
      if (found && !(await endProcess(found, boundMs))) {
        throw new Error(`Process ${found.pid} (${file}) does not end. End it by hand.`);
      }
      rmSync(path, { force: true });
      return found ? [file.replace(/\.pid$/, '')] : [];
    }),
  );
  return ended.flat();
}
