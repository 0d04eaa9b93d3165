import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cached } from '../../../../dev/infra/cache.ts';
import { cacheRoot } from '../../../../dev/infra/environment.mjs';
import { contentHash } from '../../../../dev/infra/programs.mjs';
import type { StepState } from '../../../../dev/infra/progress.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vestnik-cache-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const silent = () => undefined;
const options = (make: (directory: string) => Promise<void>, name = 'thing') => ({
  name,
  step: 'test',
  progress: silent,
  make,
  root,
});
const fill = async (directory: string) => writeFileSync(join(directory, 'content'), 'made');

test('is made once and found afterwards', async () => {
  const first = await cached(options(fill));
  expect(readdirSync(first)).toEqual(['content']);
  const second = await cached(options(() => Promise.reject(new Error('made a second time'))));
  expect(second).toBe(first);
});

test('is not there before it is whole', async () => {
  let seen: boolean | undefined;
  const target = await cached(
    options(async (directory) => {
      await fill(directory);
      seen = existsSync(join(root, 'thing'));
    }),
  );
  expect(seen).toBe(false);
  expect(existsSync(target)).toBe(true);
});

test('a making that fails leaves nothing, and the next one works', async () => {
  const failing = options(async (directory) => {
    await fill(directory);
    throw new Error('the line was cut');
  });
  await expect(cached(failing)).rejects.toThrow('the line was cut');
  expect(readdirSync(root)).toEqual([]);
  expect(existsSync(await cached(options(fill)))).toBe(true);
});

test('what somebody else finished meanwhile is taken, and ours is dropped', async () => {
  const target = await cached(
    options(async (directory) => {
      await fill(directory);
      mkdirSync(join(root, 'thing'));
      writeFileSync(join(root, 'thing', 'content'), 'made by somebody else');
    }),
  );
  expect(readdirSync(root)).toEqual(['thing']);
  expect(readdirSync(target)).toEqual(['content']);
});

test('of two that share a lock the second waits, and says so', async () => {
  const order: string[] = [];
  const states: StepState[] = [];
  const waiting = Promise.withResolvers<void>();
  const first = cached({
    ...options(async () => {
      order.push('first begins');
      await waiting.promise;
      order.push('first ends');
    }, 'a'),
    lock: 'shared',
  });
  const second = cached({
    ...options(async () => void order.push('second'), 'b'),
    lock: 'shared',
    progress: (_step, state) => {
      states.push(state);
      waiting.resolve();
    },
  });
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'first ends', 'second']);
  expect(states).toEqual([{ kind: 'waitingForOther' }]);
});

test('the lock of a process that was killed holds nobody up', async () => {
  writeFileSync(join(root, 'thing.lock'), '');
  expect(existsSync(await cached(options(fill)))).toBe(true);
  expect(readdirSync(root)).toEqual(['thing']);
});

test('another content has another name', () => {
  const file = join(root, 'file');
  writeFileSync(file, 'one');
  const one = contentHash(file);
  expect(contentHash(file)).toBe(one);
  writeFileSync(file, 'two');
  expect(contentHash(file)).not.toBe(one);
});

test('lies in the cache folder of XDG, and a relative one is ignored', () => {
  expect(cacheRoot({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/vestnik');
  expect(cacheRoot({ XDG_CACHE_HOME: 'caches' })).toBe(cacheRoot({}));
  expect(cacheRoot({})).toMatch(/\/\.cache\/vestnik$/);
});
