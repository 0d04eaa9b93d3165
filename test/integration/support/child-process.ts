import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** A role as a process of its own, as it runs in production. */
export type RoleProcess = {
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Asks it to stop and waits. Answers its exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it has ended, whatever ended it. */
  readonly ended: Promise<unknown>;
  /** What it printed so far. */
  output(): string;
};

/** Starts `node <main> <arguments>` with nothing but the given environment and PATH. */
export function spawnRole(
  main: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): RoleProcess {
  const child: ChildProcess = spawn(process.execPath, [join(root, main), ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  return {
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
    ended,
    output: () => Buffer.concat(chunks).toString(),
  };
}
