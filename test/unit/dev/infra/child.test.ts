import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildSpec, PortTakenError, startChild } from '../../../../dev/infra/child.ts';
import { processIdentity } from '../../../../dev/infra/pid-file.mjs';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vestnik-child-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const stay = 'setInterval(() => {}, 1000);';
/** A child that runs a script; "UP" in its log means that it is ready. */
const spec = (script: string, readyTimeoutMs = 20_000): ChildSpec => ({
  name: 'thing',
  command: process.execPath,
  args: ['-e', script],
  cwd: '/',
  stopSignal: 'SIGTERM',
  ready: /UP/,
  portTaken: /EADDRINUSE/,
  readyTimeoutMs,
});
const pidPath = () => join(dataDir, 'pids', 'thing.pid');

test('starts, has a log and a pid file, and leaves nothing when it is stopped', async () => {
  const child = await startChild(spec(`console.log('UP'); ${stay}`), dataDir);
  expect(processIdentity(child.pid)).toBeDefined();
  expect(existsSync(pidPath())).toBe(true);
  await child.stop();
  await child.stop();
  expect(processIdentity(child.pid)).toBeUndefined();
  expect(existsSync(pidPath())).toBe(false);
  expect(readFileSync(join(dataDir, 'logs', 'thing.log'), 'utf8')).toContain('UP');
});

test('one that ends by itself fails with the end of its log', async () => {
  const child = await startChild(
    spec(
      "console.log('UP'); setTimeout(() => { console.log('out of disk'); process.exit(3) }, 20)",
    ),
    dataDir,
  );
  await expect(child.failed).rejects.toThrow(/ended with code 3.*out of disk/s);
});

test('one that does not become ready is ended and says what its log says', async () => {
  const starting = startChild(spec(`console.log('waiting for a lock'); ${stay}`, 400), dataDir);
  await expect(starting).rejects.toThrow(/not ready after 0.4 s.*waiting for a lock/s);
  expect(existsSync(pidPath())).toBe(false);
});

test('a port that was lost is told apart, so that another can be tried', async () => {
  const starting = startChild(spec(`console.log('EADDRINUSE'); ${stay}`), dataDir);
  await expect(starting).rejects.toBeInstanceOf(PortTakenError);
  expect(existsSync(pidPath())).toBe(false);
});

test('a command that is not there fails in one sentence', async () => {
  const missing = { ...spec(''), command: join(dataDir, 'no-such-command') };
  await expect(startChild(missing, dataDir)).rejects.toThrow(/thing/);
});

test('an interrupted start rejects with the reason and leaves nothing', async () => {
  const abort = new AbortController();
  const starting = startChild(spec(stay), dataDir, abort.signal);
  abort.abort(new Error('the person lost patience'));
  await expect(starting).rejects.toThrow('the person lost patience');
  expect(existsSync(pidPath())).toBe(false);
});
