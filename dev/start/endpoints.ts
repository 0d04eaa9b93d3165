import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The addresses of a running system, for whoever works beside it. */
export type Endpoints = {
  readonly gateway: string;
  /** host:port, several with commas between. */
  readonly kafka: string;
  readonly schemaRegistry: string;
  /** With user and password. */
  readonly postgres: string;
  readonly inbox: string;
};

const ownerReads = 0o600;

const pathIn = (dataDir: string) => join(dataDir, 'endpoints.json');

/** Says that the system is ready, and where. The file appears whole. */
export function writeEndpoints(dataDir: string, endpoints: Endpoints): void {
  const path = pathIn(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: ownerReads });
  renameSync(`${path}.new`, path);
}

export function removeEndpoints(dataDir: string): void {
  rmSync(pathIn(dataDir), { force: true });
}

/** What the last start wrote; after a crash it may run no more. */
export function readEndpoints(dataDir: string): Endpoints | undefined {
  try {
    return JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as Endpoints;
  } catch {
    return undefined;
  }
}
