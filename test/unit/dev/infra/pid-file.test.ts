import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  endLeftovers,
  endProcess,
  processIdentity,
  runningProcess,
  takePidFile,
  writePidFile,
} from '../../../../dev/infra/pid-file.mjs';

const boundMs = 5_000;
let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestnik-pids-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A process that says when it has begun to listen to signals; `deaf` does not end on SIGTERM. */
async function startChild({ deaf = false } = {}) {
  const listen = deaf ? "process.on('SIGTERM', () => {});" : '';
  const script = `${listen} process.stdout.write('up'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, ended: once(child, 'exit') };
}

const fileOf = (name = 'child') => join(folder, `${name}.pid`);

describe('runningProcess', () => {
  test('names the process while it lives', async () => {
    const { pid, ended } = await startChild();
    writePidFile(fileOf(), { pid, signal: 'SIGINT' });
    expect(runningProcess(fileOf())).toMatchObject({ pid, signal: 'SIGINT' });
    process.kill(pid, 'SIGKILL');
    await ended;
    expect(runningProcess(fileOf())).toBeUndefined();
  });

  test('a number that somebody else has by now names nobody', async () => {
    const { pid } = await startChild();
    writeFileSync(fileOf(), JSON.stringify({ pid, identity: 'of an earlier process' }));
    expect(runningProcess(fileOf())).toBeUndefined();
  });

  test.each(['', '{"pid":', '{"pid":"12"}', '{"pid":1}'])(
    'a torn file names nobody: %j',
    (text) => {
      writeFileSync(fileOf(), text);
      expect(runningProcess(fileOf())).toBeUndefined();
    },
  );

  test('two processes differ, one is the same on every look', async () => {
    const [first, second] = [await startChild(), await startChild()];
    expect(processIdentity(first.pid)).toBe(processIdentity(first.pid));
    expect(processIdentity(first.pid)).not.toBe(processIdentity(second.pid));
  });
});

describe('endProcess', () => {
  test('asks, and that is enough', async () => {
    const { pid, ended } = await startChild();
    const mark = { pid, identity: processIdentity(pid) ?? '' };
    expect(await endProcess(mark, boundMs)).toBe(true);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  test('makes it when asking did not help', async () => {
    const { pid, ended } = await startChild({ deaf: true });
    const mark = { pid, identity: processIdentity(pid) ?? '' };
    expect(await endProcess(mark, 50)).toBe(true);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
});

describe('endLeftovers', () => {
  test('ends what still runs, clears the folder, leaves whoever got an old number', async () => {
    const left = await startChild();
    const stranger = await startChild();
    writePidFile(fileOf('left'), { pid: left.pid });
    writeFileSync(fileOf('reused'), JSON.stringify({ pid: stranger.pid, identity: 'old' }));
    writeFileSync(join(folder, 'note.txt'), 'not a pid file');
    expect(await endLeftovers(folder, boundMs)).toEqual(['left']);
    expect(processIdentity(stranger.pid)).toBeDefined();
    expect([fileOf('left'), fileOf('reused')].map(existsSync)).toEqual([false, false]);
    expect(existsSync(join(folder, 'note.txt'))).toBe(true);
  });

  test('a folder that is not there has none', async () => {
    expect(await endLeftovers(join(folder, 'nowhere'), boundMs)).toEqual([]);
  });
});

describe('takePidFile', () => {
  test('the first one gets it, nobody else while it lives', async () => {
    expect(takePidFile(fileOf())).toBe(true);
    expect(runningProcess(fileOf())?.pid).toBe(process.pid);
    expect(takePidFile(fileOf())).toBe(false);
    rmSync(fileOf());
    expect(takePidFile(fileOf())).toBe(true);
  });

  test('does not take it from a process that lives, and leaves nothing beside it', async () => {
    const { pid } = await startChild();
    writePidFile(fileOf(), { pid });
    const before = readFileSync(fileOf(), 'utf8');
    expect(takePidFile(fileOf())).toBe(false);
    expect(readFileSync(fileOf(), 'utf8')).toBe(before);
    expect(existsSync(`${fileOf()}.${process.pid}`)).toBe(false);
  });

  test.each(['', JSON.stringify({ pid: process.pid, identity: 'of an earlier process' })])(
    'takes over what a killed process left: %j',
    (text) => {
      writeFileSync(fileOf(), text);
      expect(takePidFile(fileOf())).toBe(true);
    },
  );
});
