import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { UserId } from './child.ts';
import { childEnvironment } from './environment.mjs';

/** Enough to hold the reason of any failure; a Maven download prints thousands of lines before. */
const keptLines = 60;

export type CommandResult = {
  /** The exit code, or 'missing' when there is no such command. */
  readonly code: number | 'missing';
  /** The last lines that it printed on either stream. */
  readonly output: string;
};

/** Runs a command that ends by itself, after `timeoutMs` or by the signal at the latest. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: {
    readonly timeoutMs: number;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly user?: UserId;
    readonly input?: string;
    readonly onLine?: (line: string) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: childEnvironment(options.env ?? {}),
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    ...options.user,
  });
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    options.onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', keep);
  // A command that ends without reading its input closes the pipe; that is its right.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? 1, output: lines.join('\n') };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (timeout.aborted) keep(`${command} was stopped after ${options.timeoutMs / 1_000} s`);
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { code: missing ? 'missing' : 1, output: lines.join('\n') };
  }
}
