import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InfraKind } from './infra.ts';

/** What the next start in the same folder, and `npm run reset`, must know of the last one. */
export type SavedState = {
  readonly kind: InfraKind;
  /** Preferred again, so that addresses somebody wrote down stay right. */
  readonly ports: Readonly<Record<string, number>>;
  readonly postgresPassword: string;
  /** May lie outside the data folder (see postgres/run-as.ts). */
  readonly postgresHome?: string;
};

const passwordBytes = 18;
const ownerReads = 0o600;

const pathIn = (dataDir: string) => join(dataDir, 'infra.json');

/** The state of the last start; of a first one, or of a torn file, a fresh one. */
export function loadState(dataDir: string): SavedState {
  try {
    return JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as SavedState;
  } catch {
    const postgresPassword = randomBytes(passwordBytes).toString('hex');
    return { kind: 'embedded', ports: {}, postgresPassword };
  }
}

/** Replaces the file whole, readable by its owner only: it holds the password. */
export function saveState(dataDir: string, state: SavedState): void {
  const path = pathIn(dataDir);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: ownerReads });
  renameSync(`${path}.new`, path);
}
