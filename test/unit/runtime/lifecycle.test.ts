import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';

const role = join(import.meta.dirname, 'lifecycle-role.ts');

type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  /** What the role itself printed, without the log. */
  readonly printed: readonly string[];
  readonly log: string;
  readonly errors: string;
};

/** Runs a role; when it says that it is ready, it gets the signal. */
async function run(behaviour: string, signal?: NodeJS.Signals, env = {}): Promise<Ended> {
  const child = spawn(process.execPath, [role, ...behaviour.split(' ')], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    lines.push(line);
    if (line === 'ready' && signal) child.kill(signal);
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const drained = once(output, 'close');
  await ended;
  await drained;
  const isLog = (line: string) => line.startsWith('{');
  const printed = lines.filter((line) => !isLog(line));
  const log = lines.filter(isLog).join('\n');
  return { code: child.exitCode, signal: child.signalCode, printed, log, errors };
}

test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])('%s stops the role and ends with 0', async (s) => {
  const { code, printed, log } = await run('work', s);
  expect({ code, printed }).toEqual({ code: 0, printed: ['ready', 'stopping', 'stopped'] });
  expect(log).toContain(`"reason":"${s}"`);
});

test('a role that fails ends with 1 and says why', async () => {
  const { code, log } = await run('fail');
  expect({ code, says: log.includes('the role broke') }).toEqual({ code: 1, says: true });
});

test('a role that cannot start ends with 1 and says why', async () => {
  const { code, printed, log } = await run('no-start');
  expect({ code, printed }).toEqual({ code: 1, printed: [] });
  expect(log).toContain('the start broke');
});

test('a role that waits for ever while it starts can be ended', async () => {
  const { code, signal, printed } = await run('endless-start', 'SIGTERM');
  expect({ code, signal, printed }).toEqual({ code: 0, signal: null, printed: ['ready'] });
});

test('a disk that is full under the log ends nothing, and is no crash', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [role, 'fail'], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  const errors = text(child.stderr as Readable);
  await once(child, 'exit');
  expect({ code: child.exitCode, errors: await errors }).toEqual({ code: 1, errors: '' });
});

test('nobody who takes the log any more ends nothing', async () => {
  const child = spawn(process.execPath, [role, 'work'], {
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'trace' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const errors = text(child.stderr as Readable);
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect({ code: child.exitCode, errors: await errors }).toEqual({ code: 0, errors: '' });
});

test('a role that still starts answers probes: alive, not ready', async () => {
  const child = spawn(process.execPath, [role, 'endless-start'], {
    env: { PATH: process.env['PATH'], HEALTH_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let address: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    address = /"address":"([^"]+)"/.exec(line)?.[1];
    if (address) break;
  }
  expect((await fetch(`${address}/health/live`)).status).toBe(200);
  expect((await fetch(`${address}/health/ready`)).status).toBe(503);
});

test('a stop that hangs is cut off, and the exit code tells', async () => {
  const { code, printed, log } = await run('hang', 'SIGTERM');
  expect({ code, printed }).toEqual({ code: 1, printed: ['ready', 'stopping'] });
  expect(log).toContain('stopping took too long');
});

test('a stop that breaks ends with 1', async () => {
  const { code, log } = await run('break', 'SIGTERM');
  expect({ code, says: log.includes('the stop broke') }).toEqual({ code: 1, says: true });
});

test('a bad setting ends with 2 before anything starts', async () => {
  const { code, printed, errors } = await run('work', 'SIGTERM', { PORT: 'eighty' });
  expect({ code, printed }).toEqual({ code: 2, printed: [] });
  expect(errors).toContain('PORT');
});

test('--check-config reads the settings and starts nothing', async () => {
  const { code, printed } = await run('work --check-config');
  expect({ code, printed }).toEqual({ code: 0, printed: ['ok'] });
});

test('a step prints what it answers and ends with 0', async () => {
  const { code, printed } = await run('step');
  expect({ code, printed }).toEqual({ code: 0, printed: ['stepped'] });
});

test('a step that fails ends with 1 and says why', async () => {
  const { code, printed, errors } = await run('failing-step');
  expect({ code, printed, errors }).toEqual({ code: 1, printed: [], errors: 'the step broke\n' });
});
