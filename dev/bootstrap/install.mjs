import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takePidFile } from '../infra/pid-file.mjs';
import { makePrivateFolder } from '../infra/private-folder.mjs';
import { Problem } from './problem.mjs';
import { run } from './run.mjs';

const root = join(import.meta.dirname, '..', '..');
const missingCode = 127;
const lockPollMs = 500;

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Whether npm's own list of what it installed names every package of the lock file in its version.
 * Optional packages may be missing: most of them are for other machines.
 */
export function matchesLock(installed, locked) {
  return Object.entries(locked.packages ?? {}).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    const found = installed?.packages?.[path];
    return found ? found.version === version : Boolean(optional);
  });
}

const lockPath = join(root, 'package-lock.json');
const stampPath = join(root, 'node_modules', '.vestnik-lock');
const lockStamp = () => createHash('sha256').update(readFileSync(lockPath)).digest('hex');

function isInstalled() {
  try {
    if (readFileSync(stampPath, 'utf8') === lockStamp()) return true;
  } catch {
    // No stamp: nothing is installed, or it was by hand, which is as good and need not be redone.
  }
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (!matchesLock(installed, readJson(lockPath))) return false;
  writeFileSync(stampPath, lockStamp());
  return true;
}

/** A line that counts the seconds on a terminal; where lines cannot be rewritten, said once. */
function progressLine(text) {
  const begunMs = Date.now();
  if (!process.stdout.isTTY) {
    console.log(`${text} …`);
    return { tick() {}, end() {} };
  }
  const tick = () => {
    const seconds = Math.round((Date.now() - begunMs) / 1_000);
    process.stdout.write(`\r${text} … ${seconds} s `);
  };
  tick();
  return { tick, end: () => process.stdout.write('\n') };
}

async function npmCi() {
  const line = progressLine('Installing dependencies (npm ci)');
  const argv = ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const stdio = ['ignore', 'pipe', 'pipe'];
  const { code, output } = await run(argv, { stdio, onWait: line.tick }).finally(line.end);
  if (code === missingCode) {
    throw new Problem('npm is missing: it installs the dependencies. apt-get install npm');
  }
  if (code !== 0) throw new Problem(`npm ci failed:\n${output}`);
}

/** Two commands started at once in one clone must not install into one folder at the same time. */
async function withLock(work) {
  const lock = join(root, '.data', 'install.pid');
  makePrivateFolder(join(root, '.data'));
  while (!takePidFile(lock)) await sleep(lockPollMs);
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** `npm ci` mostly waits for the network, and so does `beside`: they wait together. */
async function npmCiBeside(beside) {
  const failed = new AbortController();
  const other = beside({ signal: failed.signal });
  try {
    await npmCi();
  } catch (error) {
    failed.abort();
    throw error;
  }
  await other;
}

/**
 * Makes node_modules what package-lock.json says; does nothing when it is already. `beside` is what
 * the command needs to be fetched as well; it does not reject.
 */
export async function installDependencies(beside = async () => {}) {
  if (isInstalled()) return;
  await withLock(async () => {
    if (isInstalled()) return;
    await npmCiBeside(beside);
    writeFileSync(stampPath, lockStamp());
  });
}
