import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { Infra } from './infra.ts';
import { InfraError } from './infra-error.ts';
import type { Progress } from './progress.ts';

const file = join(import.meta.dirname, '..', '..', 'docker-compose.yml');
/** A client without an engine answers at once, or waits for a socket that never answers. */
const probeBoundMs = 4_000;
/** Engine and command have just answered; a list takes them no longer than ten times that. */
const listBoundMs = 10_000;
/** The first time pulls some 700 MB of images. */
const upBoundMs = 15 * 60_000;
const stopBoundMs = 60_000;

/** What Vestnik needs. Mailpit and the application itself are for whoever asks for them. */
export const composeServices = ['kafka', 'registry', 'postgres'] as const;

/** The addresses that docker-compose.yml publishes; `test/compose.test.ts` holds them to it. */
export const composeAddresses = {
  kafkaBrokers: ['127.0.0.1:9092'],
  schemaRegistryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
  databaseUrl: 'postgres://vestnik:vestnik@127.0.0.1:5432/vestnik',
} as const;

const compose = (args: readonly string[], timeoutMs: number, signal?: AbortSignal) =>
  runCommand('docker', ['compose', '--file', file, ...args], { timeoutMs, signal });

/** Whether there is both the compose command and an engine that answers it. */
export async function composeAnswers(): Promise<boolean> {
  const probes = await Promise.all([
    runCommand('docker', ['compose', 'version'], { timeoutMs: probeBoundMs }),
    runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: probeBoundMs }),
  ]);
  return probes.every(({ code }) => code === 0);
}

/** Starts the services and waits until they are healthy; stops only those that did not run yet. */
export async function startCompose(options: {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}): Promise<Infra> {
  const { progress, signal } = options;
  const before = await compose(['ps', '--services', '--status', 'running'], listBoundMs, signal);
  if (before.code !== 0) throw new InfraError(`docker compose does not work:\n${before.output}`);
  const running = before.output.split('\n');
  const ours = composeServices.filter((service) => !running.includes(service));
  const stop = async () => {
    if (ours.length > 0) await compose(['stop', ...ours], stopBoundMs);
  };
  progress('compose', { kind: 'fetching', what: ours.join(', ') });
  try {
    const up = await compose(['up', '--wait', ...composeServices], upBoundMs, signal);
    if (up.code !== 0) {
      const instead = 'VESTNIK_INFRA=embedded does without containers.';
      throw new InfraError(`docker compose up failed. ${instead}\n${up.output}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  progress('compose', { kind: 'ready' });
  return { kind: 'compose', ...composeAddresses, failed: new Promise<never>(() => {}), stop };
}
