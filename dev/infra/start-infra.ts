import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { InfraChoice, InfraPlan } from './choice.ts';
import { planInfra } from './choice.ts';
import { composeAnswers, startCompose } from './compose.ts';
import { startEmbedded } from './embedded.ts';
import type { Infra } from './infra.ts';
import { InfraError } from './infra-error.ts';
import { endLeftovers, runningProcess, takePidFile } from './pid-file.mjs';
import { makePrivateFolder } from './private-folder.mjs';
import type { Progress } from './progress.ts';
import { loadState, saveState } from './saved-state.ts';

/** A broker that was left behind ends within a second; then it is made to. */
const leftoverBoundMs = 10_000;

export type StartInfraOptions = {
  /** Keeps data, logs, pid files and what the next start must know. */
  readonly dataDir: string;
  readonly choice: InfraChoice;
  readonly progress: Progress;
  /** Embedded: try 9092, 8081 and 5432 first (default), or take any ports, as tests do. */
  readonly usualPorts?: boolean;
  readonly signal?: AbortSignal;
};

/**
 * One start per folder, which `npm run reset` respects as well: two brokers on one set of records
 * would destroy them.
 */
async function takeFolder(dataDir: string, progress: Progress): Promise<() => void> {
  const pids = join(dataDir, 'pids');
  const owner = join(dataDir, 'owner.pid');
  makePrivateFolder(dataDir);
  mkdirSync(pids, { recursive: true });
  if (!takePidFile(owner)) {
    const pid = runningProcess(owner)?.pid ?? 'unknown';
    throw new InfraError(
      `Another Vestnik (process ${pid}) works in ${dataDir}. End it first, or set ` +
        'VESTNIK_DATA_DIR to another folder.',
    );
  }
  const leave = () => rmSync(owner, { force: true });
  try {
    const names = await endLeftovers(pids, leftoverBoundMs);
    if (names.length > 0) progress('cleanup', { kind: 'endedLeftovers', names });
    return leave;
  } catch (error) {
    leave();
    throw error;
  }
}

async function startPlanned(plan: InfraPlan, options: StartInfraOptions): Promise<Infra> {
  const { dataDir, progress, usualPorts = true, signal } = options;
  switch (plan.kind) {
    case 'external':
      progress('infra', { kind: 'usingAddresses' });
      saveState(dataDir, { ...loadState(dataDir), kind: 'external' });
      return {
        kind: 'external',
        ...plan.addresses,
        failed: new Promise<never>(() => {}),
        stop: () => Promise.resolve(),
      };
    case 'compose':
      saveState(dataDir, { ...loadState(dataDir), kind: 'compose' });
      return startCompose({ progress, signal });
    case 'embedded':
      return startEmbedded({ dataDir, usualPorts, progress, signal });
  }
}

/**
 * Brings up Kafka, a schema registry and PostgreSQL, from the first of: the addresses given, Docker
 * Compose, embedded; `choice.infra` overrides the order. Resolves when all of them answer.
 * Data in `dataDir` survives `stop`, a SIGKILL of this process, and a change of ports.
 * Rejects with an InfraError whose message is for the person at the terminal, or with the reason of
 * the signal; nothing is left running then.
 */
export async function startInfra(options: StartInfraOptions): Promise<Infra> {
  const dataDir = resolve(options.dataDir);
  const plan = await planInfra(options.choice, composeAnswers);
  const leaveFolder = await takeFolder(dataDir, options.progress);
  try {
    const infra = await startPlanned(plan, { ...options, dataDir });
    infra.failed.catch(() => {});
    const stop = async () => {
      await infra.stop();
      leaveFolder();
    };
    return { ...infra, stop };
  } catch (error) {
    leaveFolder();
    throw error;
  }
}

export type { Infra } from './infra.ts';
export type { Progress } from './progress.ts';
