import { join } from 'node:path';
import { choosePort } from '../../dev/infra/ports.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Bench } from '../bench.ts';
import { type Contender, createContender } from '../contender.ts';

/** A server under load. */
export type Server = {
  readonly name: string;
  readonly url: string;
  readonly process: Contender;
};

export const benchKey = 'bench-secret';

const root = join(import.meta.dirname, '..', '..');
const programs = {
  /** One route, nothing else: what the framework can do here at most. */
  bare: join(root, 'bench', 'gateway', 'bare-process.ts'),
  /** The gateway in a process of its own. */
  apart: join(root, 'gateway', 'main.ts'),
  /** The gateway with all other roles in its process. */
  together: join(root, 'bench', 'gateway', 'roles-process.ts'),
} as const;

/** What is measured, in this order. */
export const serverNames = ['bare', 'apart', 'together'] as const;

const readyBoundMs = 60_000;
const readyPollMs = 100;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Starts a server and waits until it answers to `readyPath`. */
export async function startServer(
  bench: Bench,
  name: (typeof serverNames)[number],
  readyPath: string,
): Promise<Server> {
  const port = await choosePort([]);
  const stateFolder = join(bench.folder, `gateway-${name}`);
  const process = createContender(bench, {
    name,
    prefix: '',
    processes: 1,
    stateFolder,
    env: {
      KAFKA_BROKERS: bench.brokers.join(','),
      SCHEMA_REGISTRY_URL: bench.registryUrl,
      DATABASE_URL: bench.databaseUrl,
      VESTNIK_DATA_DIR: stateFolder,
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: String(port),
      API_KEYS: `bench:${benchKey}`,
    },
    command: () => ({ file: globalThis.process.execPath, args: [programs[name]] }),
  });
  process.start();
  const url = `http://127.0.0.1:${port}`;
  const endMs = systemClock.nowMs() + readyBoundMs;
  while (!(await answers(`${url}${readyPath}`))) {
    process.pids();
    if (systemClock.nowMs() > endMs) throw new Error(`${name} did not become ready`);
    await systemClock.sleep(readyPollMs);
  }
  return { name, url, process };
}
