import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** 192 bits: nobody guesses it, and it is still one word to paste. */
const secretBytes = 24;
const ownerReads = 0o600;

const pathIn = (dataDir: string) => join(dataDir, 'api-key');

/** The key of this folder, if one was made. */
export function readApiKey(dataDir: string): string | undefined {
  try {
    return readFileSync(pathIn(dataDir), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The key of this folder; made up once, and readable by its owner only. */
export function ensureApiKey(dataDir: string): string {
  const path = pathIn(dataDir);
  const found = readApiKey(dataDir);
  if (found !== undefined) {
    chmodSync(path, ownerReads);
    return found;
  }
  const made = randomBytes(secretBytes).toString('base64url');
  writeFileSync(`${path}.new`, `${made}\n`, { mode: ownerReads });
  renameSync(`${path}.new`, path);
  return made;
}
