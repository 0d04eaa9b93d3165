import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run, runSteps } from '../../../../dev/bootstrap/run.mjs';

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

describe('steps', () => {
  const step = (name: string, script: string) => ({
    name,
    argv: [process.execPath, '-e', script],
  });
  /** Ends when the other one has begun, and says so. */
  const meeting = (own: string, other: string) =>
    `const { existsSync, writeFileSync } = require('node:fs');
    writeFileSync('${own}', '');
    const look = () => existsSync('${other}') ? console.log('met') : setTimeout(look, 20);
    look();`;

  test('run beside each other as far as they may, and all of them run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vestnik-steps-'));
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [string, string, string];
    const steps = [step('a', meeting(a, b)), step('b', meeting(b, a)), step('c', meeting(c, a))];
    expect(await runSteps({ steps, keepGoing: true, beside: 2 })).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(['a', 'b', 'c']);
    rmSync(folder, { recursive: true });
  });

  test('answer the code of the first that failed, and stop there or keep going', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vestnik-steps-'));
    const write = (name: string) =>
      `require('node:fs').writeFileSync('${join(folder, name)}', '');`;
    const steps = [
      step('good', write('good')),
      step('bad', 'process.exit(3)'),
      step('worse', 'process.exit(4)'),
      step('last', write('last')),
    ];
    expect(await runSteps({ steps })).toBe(3);
    expect(readdirSync(folder)).toEqual(['good']);
    expect(await runSteps({ steps, keepGoing: true, beside: 2 })).toBe(3);
    expect(readdirSync(folder).toSorted()).toEqual(['good', 'last']);
    rmSync(folder, { recursive: true });
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
