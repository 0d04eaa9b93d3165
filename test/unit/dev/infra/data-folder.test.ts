import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dataDirOf } from '../../../../dev/infra/environment.mjs';
import { writePidFile } from '../../../../dev/infra/pid-file.mjs';
import { removeData } from '../../../../dev/infra/remove-data.mjs';
import { loadState, saveState } from '../../../../dev/infra/saved-state.ts';
import { startInfra } from '../../../../dev/infra/start-infra.ts';

let parent: string;
let dataDir: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'vestnik-data-'));
  dataDir = join(parent, '.data');
});
afterEach(() => rmSync(parent, { recursive: true }));

const external = {
  kafkaBrokers: ['127.0.0.1:1'],
  schemaRegistryUrl: 'http://127.0.0.1:1',
  databaseUrl: 'postgres://127.0.0.1:1/vestnik',
};
const start = () =>
  startInfra({ dataDir, choice: external, progress: () => undefined, usualPorts: false });

describe('saved state', () => {
  test('comes back as it was saved, for its owner’s eyes only', () => {
    const fresh = loadState(dataDir);
    saveState(dataDir, { ...fresh, ports: { kafka: 9092 } });
    expect(loadState(dataDir)).toEqual({ ...fresh, ports: { kafka: 9092 } });
    expect(statSync(join(dataDir, 'infra.json')).mode & 0o777).toBe(0o600);
  });

  test('of a torn file there is a fresh one, with a password of its own', () => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'infra.json'), '{"kind":');
    const [first, second] = [loadState(dataDir), loadState(dataDir)];
    expect(first).toMatchObject({ kind: 'embedded', ports: {} });
    expect(first.postgresPassword).not.toBe(second.postgresPassword);
  });
});

describe('a folder has one owner', () => {
  test('a second start is refused, with the process to end, until the first stops', async () => {
    const infra = await start();
    await expect(start()).rejects.toThrow(`process ${process.pid}`);
    await infra.stop();
    const again = await start();
    await again.stop();
    expect(existsSync(join(dataDir, 'owner.pid'))).toBe(false);
  });

  test('nothing is removed while somebody works there', async () => {
    const infra = await start();
    await expect(removeData(dataDir)).rejects.toThrow('Vestnik is running');
    await infra.stop();
    expect(await removeData(dataDir)).toBe(true);
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe('removeData', () => {
  test('of nothing is nothing', async () => {
    expect(await removeData(dataDir)).toBe(false);
  });

  test('leaves a folder that does not look like ours', async () => {
    const stranger = join(parent, 'documents');
    mkdirSync(stranger);
    await expect(removeData(stranger)).rejects.toThrow('not a data folder');
    expect(existsSync(stranger)).toBe(true);
  });

  test('ends what a killed run left behind', async () => {
    const script = "process.stdout.write('up'); setInterval(() => {}, 1000);";
    const child: ChildProcess = spawn(process.execPath, ['-e', script]);
    await once(child.stdout ?? child, 'data');
    const ended = once(child, 'exit');
    writePidFile(join(dataDir, 'pids', 'kafka.pid'), { pid: child.pid ?? 0 });
    expect(await removeData(dataDir)).toBe(true);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});

test('the data folder is .data in the clone unless the environment names another', () => {
  expect(dataDirOf({})).toBe(join(import.meta.dirname, '..', '..', '..', '..', '.data'));
  expect(dataDirOf({ VESTNIK_DATA_DIR: '/elsewhere' })).toBe('/elsewhere');
  expect(dataDirOf({ VESTNIK_DATA_DIR: ' ' })).toBe(dataDirOf({}));
});
