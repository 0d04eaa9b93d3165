import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheRoot } from './environment.mjs';
import { takePidFile } from './pid-file.mjs';
import type { Progress } from './progress.ts';

const lockPollMs = 250;
/** A first download on a slow line; after this we build our own copy beside the other clone's. */
const lockBoundMs = 15 * 60_000;

async function waitForLock(path: string, done: () => boolean, say: () => void): Promise<boolean> {
  const endMs = Date.now() + lockBoundMs;
  while (!done() && Date.now() < endMs) {
    if (takePidFile(path)) return true;
    say();
    await sleep(lockPollMs);
  }
  return false;
}

/** Somebody may have made the same folder meanwhile; it is as good as ours. */
function moveInto(work: string, target: string): void {
  try {
    renameSync(work, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

/** Maven's local repository takes one writer at a time, so all that Maven makes shares one lock. */
export const mavenLock = 'maven';

/**
 * The folder `name` of the cache, made by `make` if it is not there yet. It appears whole or not at
 * all: `make` fills a folder beside it, which is then renamed. Two clones may ask at the same time.
 */
export async function cached(options: {
  readonly name: string;
  readonly step: string;
  readonly progress: Progress;
  readonly make: (directory: string) => Promise<void>;
  /** Only one holder of a lock works at a time; by default each folder has its own. */
  readonly lock?: string;
  readonly root?: string;
}): Promise<string> {
  const root = options.root ?? cacheRoot();
  const target = join(root, options.name);
  const isThere = () => existsSync(target);
  if (isThere()) return target;
  mkdirSync(root, { recursive: true });
  const lock = join(root, `${options.lock ?? options.name}.lock`);
  let said = false;
  const locked = await waitForLock(lock, isThere, () => {
    if (!said) options.progress(options.step, { kind: 'waitingForOther' });
    said = true;
  });
  const work = `${target}.${randomUUID()}`;
  try {
    if (isThere()) return target;
    mkdirSync(work);
    await options.make(work);
    moveInto(work, target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
    if (locked) rmSync(lock, { force: true });
  }
}
