import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.ts';

const root = join(import.meta.dirname, '..', '..');

/** A change of one module's text, made while it is loaded. */
export type SourcePatch = {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};

/** A line of a worker's log. */
export type LogLine = { readonly msg: string; readonly [key: string]: unknown };

/** How a worker took a partition over. */
export type TakeOver = {
  readonly transactionalId: string;
  readonly producerEpoch: number;
  readonly committed: readonly { readonly nextOffset: number; readonly metadata: string }[];
};

/** A process that runs processors, as in production. */
export type Worker = {
  readonly pid: number;
  /** How it ended: the name of the signal, or the exit code. */
  readonly ended: Promise<NodeJS.Signals | number>;
  hasEnded(): boolean;
  send(signal: NodeJS.Signals): void;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Asks it to end and waits; answers how it did. */
  stop(): Promise<NodeJS.Signals | number>;
  lines(msg: string): readonly LogLine[];
  takeOvers(): readonly TakeOver[];
  /** True when the kernel has stopped it (SIGSTOP). */
  isStopped(): boolean;
  output(): string;
};

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}

const living = new Set<ChildProcess>();

/** Ends all workers, the stopped ones too; for when the run itself is ended. */
export function killWorkers(): void {
  for (const child of living) child.kill('SIGKILL');
}

/** Starts `node processors/main.ts <names>` with nothing but PATH and the given environment. */
export function startWorker(options: {
  readonly names: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly patches: readonly SourcePatch[];
}): Worker {
  const { names, environment, patches } = options;
  const hook = join(import.meta.dirname, 'patch-sources.mjs');
  const main = join(root, 'processors', 'main.ts');
  const child = spawn(process.execPath, ['--import', hook, main, ...names], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      VESTNIK_SOURCE_PATCHES: JSON.stringify(patches),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('a worker cannot be started');
  living.add(child);
  child.once('exit', () => living.delete(child));
  const ended = once(child, 'exit').then(
    ([code, signal]: (number | NodeJS.Signals | null)[]) => signal ?? code ?? 0,
  ) as Promise<NodeJS.Signals | number>;
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const output = () => Buffer.concat(chunks).toString();
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const lines = (msg: string) =>
    output()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}') && line.includes(msg))
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line.msg === msg);
  return {
    pid,
    ended,
    hasEnded,
    send: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await until('a worker has stopped', hasEnded);
      return ended;
    },
    lines,
    takeOvers: () => lines('took a partition over') as unknown as TakeOver[],
    isStopped: () => !hasEnded() && isStopped(pid),
    output,
  };
}
