import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePrivateFolder } from '../../../../dev/infra/private-folder.mjs';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'vestnik-private-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const permissions = 0o777;
const modeOf = (path: string) => (statSync(path).mode & permissions).toString(8);

test('a new folder is its owner’s alone', () => {
  const path = join(parent, 'deep', 'data');
  makePrivateFolder(path);
  expect(modeOf(path)).toBe('700');
});

test.each(['.data', 'elsewhere'])('one of ours from before is closed: %s', (name) => {
  const path = join(parent, name);
  mkdirSync(path);
  chmodSync(path, 0o755);
  if (name !== '.data') writeFileSync(join(path, 'infra.json'), '{}');
  makePrivateFolder(path);
  expect(modeOf(path)).toBe('700');
});

test('a folder of somebody else, named by mistake, is left as it is', () => {
  const path = join(parent, 'shared');
  mkdirSync(path);
  chmodSync(path, 0o755);
  makePrivateFolder(path);
  expect(modeOf(path)).toBe('755');
});
