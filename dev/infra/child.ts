import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment, commandPath } from './environment.mjs';
import { findCommand } from './find-command.ts';
import { InfraError } from './infra-error.ts';
import { logCause, logSince } from './log-tail.ts';
import { endProcess, processIdentity, writePidFile } from './pid-file.mjs';
import { openFreshLog } from './rotate-log.ts';

/** A user that a child runs as; only root can choose one. */
export type UserId = { readonly uid: number; readonly gid: number };

export type ChildSpec = {
  /** Names the log and the pid file, and the child in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: UserId;
  /** The signal on which it shuts down in order. */
  readonly stopSignal: NodeJS.Signals;
  /** A line of its own log after which its port is open. A probe could meet somebody else's. */
  readonly ready: RegExp;
  /** A line of its log which says that the port was taken after all. */
  readonly portTaken: RegExp;
  readonly readyTimeoutMs: number;
  /** How long it may take to end in order; 10 s by default. */
  readonly stopTimeoutMs?: number;
};

export type Child = {
  readonly name: string;
  readonly pid: number;
  /** Rejects with the tail of the log if it ends before `stop` was called; else never settles. */
  readonly failed: Promise<never>;
  /** Ends it in order, by force after a bound. May be called twice. */
  stop(): Promise<void>;
};

/** The port was free when it was chosen and is not any more. */
export class PortTakenError extends InfraError {}

const readyPollMs = 25;
/** A broker with open segments needs 1 s; ten times that means that it hangs. */
const defaultStopTimeoutMs = 10_000;

/**
 * On Linux the kernel itself ends the child when we die, so that not even a SIGKILL of a test run
 * leaves a broker behind. Elsewhere the pid file does it at the next start.
 */
function withParentWatch(spec: ChildSpec): readonly [command: string, args: readonly string[]] {
  const setpriv = findCommand('setpriv', commandPath());
  if (process.platform !== 'linux' || !setpriv) return [spec.command, spec.args];
  return [setpriv, ['--pdeathsig', spec.stopSignal.slice(3), spec.command, ...spec.args]];
}

async function waitReady(spec: ChildSpec, logPath: string, hasEnded: () => boolean): Promise<void> {
  const endMs = Date.now() + spec.readyTimeoutMs;
  while (true) {
    const ended = hasEnded();
    const log = logSince(logPath, 0);
    if (spec.ready.test(log) && !ended) return;
    if (spec.portTaken.test(log)) throw new PortTakenError(`${spec.name}: its port is taken.`);
    if (ended)
      throw new InfraError(`${spec.name} did not start. ${logPath} says:\n${logCause(logPath)}`);
    if (Date.now() >= endMs) {
      const seconds = spec.readyTimeoutMs / 1_000;
      throw new InfraError(
        `${spec.name} is not ready after ${seconds} s. ${logPath} says:\n${logCause(logPath)}`,
      );
    }
    await sleep(readyPollMs);
  }
}

/**
 * Starts a long-running child in a process group of its own (a Ctrl-C in the terminal reaches only
 * us, and we stop the children in order), with a log and a pid file in `dataDir`, and waits until
 * it is ready. If it does not become ready nothing is left of it.
 */
export async function startChild(
  spec: ChildSpec,
  dataDir: string,
  signal?: AbortSignal,
): Promise<Child> {
  signal?.throwIfAborted();
  const logPath = join(dataDir, 'logs', `${spec.name}.log`);
  const pidPath = join(dataDir, 'pids', `${spec.name}.pid`);
  for (const path of [logPath, pidPath]) mkdirSync(dirname(path), { recursive: true });
  const log = openFreshLog(logPath);
  const [command, args] = withParentWatch(spec);
  const child = spawn(command, args, {
    cwd: spec.cwd,
    env: childEnvironment(spec.env ?? {}),
    stdio: ['ignore', log, log],
    detached: true,
    ...spec.user,
  });
  closeSync(log);
  const exit = once(child, 'exit').then(
    ([code, by]: (number | string | null)[]) => (by ? `by ${by}` : `with code ${code}`),
    (error: Error) => `at once: ${error.message}`,
  );
  let ended = false;
  let stopping = false;
  void exit.then(() => {
    ended = true;
    rmSync(pidPath, { force: true });
  });
  const { pid } = child;
  if (pid === undefined)
    throw new InfraError(`${spec.name} cannot be started: it ended ${await exit}`);
  const identity = processIdentity(pid) ?? '';
  writePidFile(pidPath, { pid, signal: spec.stopSignal });

  const stop = async () => {
    stopping = true;
    const mark = { pid, identity, signal: spec.stopSignal };
    if (!ended) await endProcess(mark, spec.stopTimeoutMs ?? defaultStopTimeoutMs);
    await exit;
  };
  const failed = exit.then((how) => {
    if (stopping) return new Promise<never>(() => {});
    throw new InfraError(`${spec.name} ended ${how}. ${logPath} says:\n${logCause(logPath)}`);
  });
  failed.catch(() => {});

  const abort = () => void stop();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await waitReady(spec, logPath, () => ended);
  } catch (error) {
    await stop();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return { name: spec.name, pid, failed, stop };
}
