import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../child.ts';
import { startChild } from '../child.ts';
import { javaCommand } from '../environment.mjs';
import { InfraError } from '../infra-error.ts';
import { quickJvm } from '../java.ts';
import { loopback } from '../ports.ts';
import { databases, postgresRole } from '../postgres/server.ts';

const readyTimeoutMs = 90_000;
const answerBoundMs = 20_000;
const requestTimeoutMs = 5_000;
const pollMs = 50;
/** Its state is in PostgreSQL. Once in a while it hangs for a minute as it ends, to no purpose. */
const stopTimeoutMs = 2_000;
/** Every new schema must read all records ever written under its subject, not only the newest. */
const compatibility = 'BACKWARD_TRANSITIVE';

/** The address under which the registry answers the calls of Confluent's. */
export const registryUrl = (port: number): string => `http://${loopback}:${port}/apis/ccompat/v7`;

async function setCompatibility(url: string, signal?: AbortSignal): Promise<boolean> {
  const timeout = AbortSignal.timeout(requestTimeoutMs);
  try {
    // The rule of application.properties is enforced without this, but GET /config would say NONE.
    const answer = await fetch(`${url}/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return answer.ok;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

async function configure(url: string, signal?: AbortSignal): Promise<void> {
  const endMs = Date.now() + answerBoundMs;
  while (!(await setCompatibility(url, signal))) {
    if (Date.now() >= endMs) throw new InfraError(`The schema registry does not answer at ${url}.`);
    await sleep(pollMs);
  }
}

export type RegistryOptions = {
  readonly jar: string;
  readonly port: number;
  readonly postgres: { readonly port: number; readonly password: string };
  /** Holds the log and the pid file; the schemas are in PostgreSQL. */
  readonly dataDir: string;
  readonly jvmArgs: readonly string[];
  readonly stopTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
};

/** Starts the registry on loopback, on tables in PostgreSQL, and waits until it answers. */
export async function startRegistry(options: RegistryOptions): Promise<Child> {
  const { jar, port, postgres, signal } = options;
  const server = `${loopback}:${postgres.port}`;
  const child = await startChild(
    {
      name: 'registry',
      command: javaCommand(),
      args: ['-Xmx128m', ...quickJvm, ...options.jvmArgs, '-jar', jar],
      cwd: options.dataDir,
      env: {
        HTTP_PORT: String(port),
        REGISTRY_DATASOURCE_URL: `jdbc:postgresql://${server}/${databases.registry}`,
        REGISTRY_DATASOURCE_USERNAME: postgresRole,
        REGISTRY_DATASOURCE_PASSWORD: postgres.password,
      },
      stopSignal: 'SIGTERM',
      ready: /Listening on: http/,
      portTaken: /already bound|Address already in use|Port \d+ seems to be in use/,
      readyTimeoutMs,
      stopTimeoutMs: options.stopTimeoutMs ?? stopTimeoutMs,
    },
    options.dataDir,
    signal,
  );
  try {
    await configure(registryUrl(port), signal);
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}
