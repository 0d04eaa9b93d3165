import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matchesLock } from '../../../../dev/bootstrap/install.mjs';
import { isNewEnough } from '../../../../dev/bootstrap/node.mjs';

describe('matchesLock', () => {
  const lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/fastify': { version: '5.12.8' },
      'node_modules/fsevents': { version: '2.3.3', optional: true },
      'node_modules/linked': { link: true },
    },
  };
  const installed = (packages: Record<string, { version: string }>) => ({ packages });

  test('all packages in their versions; those for other machines may be missing', () => {
    expect(matchesLock(installed({ 'node_modules/fastify': { version: '5.12.8' } }), lock)).toBe(
      true,
    );
  });

  test('another version does not match', () => {
    expect(matchesLock(installed({ 'node_modules/fastify': { version: '5.12.7' } }), lock)).toBe(
      false,
    );
  });

  test('an optional package in another version does not match', () => {
    const packages = {
      'node_modules/fastify': { version: '5.12.8' },
      'node_modules/fsevents': { version: '2.3.2' },
    };
    expect(matchesLock(installed(packages), lock)).toBe(false);
  });

  test('nothing installed does not match', () => {
    expect(matchesLock(undefined, lock)).toBe(false);
    expect(matchesLock({}, lock)).toBe(false);
  });

  test('the lock file matches itself', () => {
    const path = join(import.meta.dirname, '..', '..', '..', '..', 'package-lock.json');
    const own = JSON.parse(readFileSync(path, 'utf8'));
    expect(Object.keys(own.packages).length).toBeGreaterThan(100);
    expect(matchesLock(own, own)).toBe(true);
  });
});

test.each([
  ['24.12.0', true],
  ['24.21.0', true],
  ['25.0.0', true],
  ['24.11.1', false],
  ['22.20.0', false],
  ['20.19.5', false],
])('Node %s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
