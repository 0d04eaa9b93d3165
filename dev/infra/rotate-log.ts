import { mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

/** After a crash somebody starts again, once or twice, before they look at the log of it. */
const olderLogs = 4;
const ownerOnly = 0o700;

/** Opens a new log; the ones before it are kept as `.1` (the newest) to `.4`, which bounds them. */
export function openFreshLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: ownerOnly });
  for (let age = olderLogs; age > 0; age--) {
    try {
      renameSync(age === 1 ? path : `${path}.${age - 1}`, `${path}.${age}`);
    } catch {
      // The first starts have fewer.
    }
  }
  return openSync(path, 'a');
}
