import { execFile } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { checkClientSources, knownSources } from '../../../../runtime/kafka/client-sources.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const installed = join(root, 'node_modules', 'kafkajs');
const patched = 'src/network/requestQueue/index.js';
const run = promisify(execFile);

let folder: string;
let copy: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestnik-kafkajs-'));
  copy = join(folder, 'node_modules', 'kafkajs');
  cpSync(installed, copy, { recursive: true });
});
afterEach(() => {
  for (const file of Object.keys(knownSources)) {
    copyFileSync(join(installed, file), join(copy, file));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the installed package is the one that is known', () => {
  expect(() => checkClientSources(installed)).not.toThrow();
});

test.each(Object.keys(knownSources))('a change in %s is refused and the file is named', (file) => {
  appendFileSync(join(copy, file), '\n');
  const refused = expect.objectContaining({
    code: 'CLIENT_CHANGED',
    message: expect.stringContaining(`kafkajs/${file}`),
  });
  expect(() => checkClientSources(copy)).toThrow(refused);
});

test('a file that is gone is refused', () => {
  rmSync(join(copy, patched));
  expect(() => checkClientSources(copy)).toThrow(`kafkajs/${patched}: missing`);
});

/** Imports our client in a process of its own, where everything is as it is but for the copy. */
async function importClient(): Promise<{ readonly ended: boolean; readonly said: string }> {
  cpSync(join(root, 'runtime'), join(folder, 'runtime'), { recursive: true });
  const linked = new Set(readdirSync(join(folder, 'node_modules')));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.') || linked.has(name)) continue;
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  const client = join(folder, 'runtime', 'kafka', 'client.ts');
  try {
    await run(process.execPath, [client]);
    return { ended: false, said: '' };
  } catch (error) {
    return { ended: true, said: (error as { stderr: string }).stderr };
  }
}

test('a process whose package is the known one goes on', async () => {
  expect(await importClient()).toEqual({ ended: false, said: '' });
});

test('a process whose package was changed ends and says which file', async () => {
  appendFileSync(join(copy, patched), '\n');
  const { ended, said } = await importClient();
  expect(ended).toBe(true);
  expect(said).toContain('CLIENT_CHANGED');
  expect(said).toContain(`kafkajs/${patched}`);
});
