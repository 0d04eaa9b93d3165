import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { type Contender, createContender } from './contender.ts';

const root = join(import.meta.dirname, '..');
/** As many as the peer has threads. */
const processes = 2;

/** Vestnik's own processors, as they run in production. */
export function createEngine(bench: Bench): Contender {
  const stateFolder = join(bench.folder, 'engine');
  return createContender(bench, {
    name: 'engine',
    prefix: '',
    processes,
    stateFolder,
    env: {
      KAFKA_BROKERS: bench.brokers.join(','),
      SCHEMA_REGISTRY_URL: bench.registryUrl,
      DATABASE_URL: bench.databaseUrl,
      VESTNIK_DATA_DIR: stateFolder,
      LOG_LEVEL: 'info',
    },
    command: () => ({
      file: process.execPath,
      args: [join(root, 'processors', 'main.ts'), 'audience', 'notify'],
    }),
  });
}
