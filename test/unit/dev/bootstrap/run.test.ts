import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run } from '../../../../dev/bootstrap/run.mjs';

const stdio = ['ignore', 'pipe', 'pipe'] as const;
const node = (script: string) => run([process.execPath, '-e', script], { stdio });

describe('run', () => {
  test('answers the exit code and what was printed', async () => {
    const result = await node("console.log('hello'); process.exitCode = 3");
    expect(result).toMatchObject({ code: 3, output: 'hello\n' });
  });

  test('says of a command that a signal ended what a shell would say', async () => {
    const terminated = 128 + 15;
    expect(await node("process.kill(process.pid, 'SIGTERM')")).toMatchObject({ code: terminated });
  });

  test('answers 127 for a command that is not there', async () => {
    expect(await run(['no-such-command-here'], { stdio })).toMatchObject({ code: 127 });
  });
});

const moduleUrl = pathToFileURL(
  join(import.meta.dirname, '..', '..', '..', '..', 'dev', 'bootstrap', 'run.mjs'),
).href;
/** Says when it is up, and ends in order when it is asked to. */
const child =
  "process.on('SIGTERM', () => { console.log('ended in order'); process.exit(0); });" +
  "setInterval(() => {}, 1000); console.log('up');";
const runner =
  `const { run } = await import('${moduleUrl}');` +
  `await run([process.execPath, '-e', ${JSON.stringify(child)}]);`;

test('when npm’s shell is ended alone, the command is ended all the same', async () => {
  // Two commands, or the shell would become the first of them.
  const line = `"${process.execPath}" --input-type=module -e "$SCRIPT"; true`;
  const shell = spawn('sh', ['-c', line], {
    env: { PATH: process.env['PATH'], SCRIPT: runner, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  shell.stdout.on('data', (data: Buffer) => {
    output += data;
    if (data.includes('up')) shell.kill('SIGKILL');
  });
  await once(shell.stdout, 'close');
  expect(output).toBe('up\nended in order\n');
});
