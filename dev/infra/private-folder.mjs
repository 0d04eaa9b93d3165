/** Plain JavaScript, because the first who needs the data folder installs the dependencies. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const ownerOnly = 0o700;

/**
 * Makes the data folder for its owner alone: records, checkpoints and logs name people. One that is
 * there already is closed too, if it is Vestnik's: the setting could name any folder by mistake.
 */
export function makePrivateFolder(path) {
  if (mkdirSync(path, { recursive: true, mode: ownerOnly }) !== undefined) return;
  const isOurs = basename(path) === '.data' || existsSync(join(path, 'infra.json'));
  if (isOurs) chmodSync(path, ownerOnly);
}
