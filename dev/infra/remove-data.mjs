/**
 * Removes a data folder and everything that belongs to it elsewhere. Plain JavaScript, because
 * `npm run reset` works in a clone where nothing is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { endLeftovers, runningProcess } from './pid-file.mjs';

const leftoverBoundMs = 10_000;
/** Where PostgreSQL's data lies when the data folder is closed to its user. */
export const outsideRoot = '/var/tmp/vestnik';
const remove = { recursive: true, force: true };

function savedState(dataDir) {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'infra.json'), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Resolves with false when there was nothing to remove. Rejects, and removes nothing, while a
 * Vestnik works in the folder, or when the folder does not look like one of Vestnik's.
 */
export async function removeData(path) {
  const dataDir = resolve(path);
  if (!existsSync(dataDir)) return false;
  const owner = runningProcess(join(dataDir, 'owner.pid'));
  if (owner) {
    throw new Error(`Vestnik is running (process ${owner.pid}). End it with Ctrl-C first.`);
  }
  if (basename(dataDir) !== '.data' && !existsSync(join(dataDir, 'infra.json'))) {
    throw new Error(`${dataDir} is not a data folder of Vestnik. Nothing was removed.`);
  }
  await endLeftovers(join(dataDir, 'pids'), leftoverBoundMs);
  const { kind, postgresHome } = savedState(dataDir);
  if (kind === 'compose') {
    const file = join(import.meta.dirname, '..', '..', 'docker-compose.yml');
    const down = ['compose', '--file', file, 'down', '--volumes'];
    const { status } = spawnSync('docker', down, { stdio: 'inherit' });
    if (status !== 0) {
      throw new Error('docker compose down failed, so nothing was removed. Start Docker first.');
    }
  }
  if (typeof postgresHome === 'string' && postgresHome.startsWith(`${outsideRoot}/`)) {
    for (const home of [postgresHome, `${postgresHome}.new`]) rmSync(home, remove);
  }
  rmSync(dataDir, remove);
  return true;
}
