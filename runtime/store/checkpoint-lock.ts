import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Names this process and no other one that gets its number later. */
function identityOf(pid: number): string | null {
  try {
    // proc(5): the 22nd field is when it began; the name before it may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${pid} ${began}`;
  } catch {
    return isAlive(pid) ? String(pid) : null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The lock appears with its content in one step: a lock being taken is never seen as empty. */
function tryLock(path: string, mine: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, mine);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Paths that this process itself holds: two roles of one process may ask for the same. */
const held = new Set<string>();

/**
 * Makes this process the only writer of a checkpoint. Answers what gives it up again, or null when
 * another process that is alive has it; a stopped (SIGSTOP) one is alive.
 */
export function lockCheckpoint(path: string): (() => void) | null {
  if (held.has(path)) return null;
  const mine = identityOf(process.pid) ?? String(process.pid);
  if (!tryLock(path, mine)) {
    const owner = readFileSync(path, 'utf8');
    if (identityOf(Number.parseInt(owner, 10)) === owner) return null;
    // Two processes that find the same dead owner at the same moment could both come to here.
    rmSync(path, { force: true });
    if (!tryLock(path, mine)) return null;
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}
