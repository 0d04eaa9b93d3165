import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { VestnikError } from '../../../../runtime/errors.ts';
import { type Checkpoint, openCheckpoint } from '../../../../runtime/store/checkpoint.ts';
import { createRowStore } from '../../../../runtime/store/row-store.ts';

const dayMs = 24 * 60 * 60 * 1000;
const identity = { topic: 'users', partition: 1, partitions: 4 };

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
const fileOf = (directory: string) => join(directory, 'rows.checkpoint');

function open(directory: string, changes: Partial<Parameters<typeof openCheckpoint>[0]> = {}) {
  const checkpoint = openCheckpoint({
    directory,
    identity,
    maxAgeMs: 7 * dayMs,
    nowMs: Date.now(),
    ...changes,
  });
  if (!checkpoint) throw new Error('somebody else has the checkpoint');
  return checkpoint;
}

function append(checkpoint: Checkpoint, first: number, count: number) {
  const changes = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from(`user-${first + index}`),
    offset: first + index,
    value: index % 5 === 4 ? null : Buffer.from(`row ${first + index}`),
  }));
  checkpoint.append({ changes, nextOffset: first + count });
}

/** Reads all there is, as text. */
function contentOf(checkpoint: Checkpoint) {
  return [...checkpoint.saved()].map(({ changes, nextOffset }) => ({
    nextOffset,
    rows: changes.map(
      ({ key, offset, value }) => `${key.toString()}@${offset}=${value?.toString() ?? 'null'}`,
    ),
  }));
}

/** Writes three batches and answers what a reopened checkpoint holds. */
function write(directory: string) {
  const checkpoint = open(directory);
  contentOf(checkpoint);
  for (const first of [0, 10, 20]) append(checkpoint, first, 10);
  checkpoint.close();
  const again = open(directory);
  const content = contentOf(again);
  again.close();
  return content;
}

test('what was appended is there after a restart, in order', () => {
  const content = write(folder());
  expect(content.map(({ nextOffset }) => nextOffset)).toEqual([10, 20, 30]);
  expect(content[1]?.rows[0]).toBe('user-10@10=row 10');
  expect(content[1]?.rows[4]).toBe('user-14@14=null');
});

test('cut off at any byte, whole batches are left and new ones go on behind them', () => {
  const directory = folder();
  const whole = write(directory);
  const bytes = readFileSync(fileOf(directory));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length }), (length) => {
      writeFileSync(fileOf(directory), bytes.subarray(0, length));
      const checkpoint = open(directory);
      const left = contentOf(checkpoint);
      expect(left).toEqual(whole.slice(0, left.length));
      append(checkpoint, 500, 2);
      checkpoint.close();
      const again = open(directory);
      expect(contentOf(again).map(({ nextOffset }) => nextOffset)).toEqual([
        ...left.map(({ nextOffset }) => nextOffset),
        502,
      ]);
      again.close();
    }),
  );
});

test('with any byte changed, nothing is read from the damage on', () => {
  const directory = folder();
  const whole = write(directory);
  const bytes = readFileSync(fileOf(directory));
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ by;
      writeFileSync(fileOf(directory), damaged);
      const checkpoint = open(directory);
      const left = contentOf(checkpoint);
      checkpoint.close();
      expect(left.length).toBeLessThan(whole.length);
      expect(left).toEqual(whole.slice(0, left.length));
    }),
  );
});

test('frames of all sizes after each other are there after a restart', () => {
  const directory = folder();
  const checkpoint = open(directory);
  contentOf(checkpoint);
  const sizes = [10, 20_000_000, 3, 900_000, 0, 17_000_000, 1];
  for (const [offset, size] of sizes.entries()) {
    const change = {
      key: Buffer.from(`user-${offset}`),
      offset,
      value: Buffer.alloc(size, offset),
    };
    checkpoint.append({ changes: [change], nextOffset: offset + 1 });
  }
  checkpoint.close();
  const again = open(directory);
  let count = 0;
  for (const { changes } of again.saved()) {
    const value = changes[0]?.value;
    expect(value?.equals(Buffer.alloc(sizes[count] ?? -1, count))).toBe(true);
    count += 1;
  }
  again.close();
  expect(count).toBe(sizes.length);
});

test.each([
  ['another topic', { ...identity, topic: 'movies' }],
  ['another partition', { ...identity, partition: 2 }],
  ['another number of partitions', { ...identity, partitions: 8 }],
])('a checkpoint of %s is wiped', (_, other) => {
  const directory = folder();
  write(directory);
  const checkpoint = open(directory, { identity: other });
  expect(contentOf(checkpoint)).toEqual([]);
  checkpoint.close();
});

test('a checkpoint that is older than the tombstones of its topic is wiped', () => {
  const directory = folder();
  write(directory);
  const writtenMs = statSync(fileOf(directory)).mtimeMs;
  const young = open(directory, { nowMs: writtenMs + 7 * dayMs });
  expect(contentOf(young)).not.toEqual([]);
  young.close();
  const old = open(directory, { nowMs: writtenMs + 8 * dayMs });
  expect(contentOf(old)).toEqual([]);
  old.close();
});

test('a foreign file is wiped', () => {
  const directory = folder();
  appendFileSync(fileOf(directory), 'not a checkpoint at all, but long enough to be one');
  const checkpoint = open(directory);
  expect(contentOf(checkpoint)).toEqual([]);
  checkpoint.close();
});

test('only one may have it at a time, and a dead owner does not count', () => {
  const directory = folder();
  const first = open(directory);
  expect(openCheckpoint({ directory, identity, maxAgeMs: dayMs, nowMs: 0 })).toBeNull();
  first.close();
  writeFileSync(join(directory, 'owner.lock'), `${2 ** 22 + 1} 12345`);
  open(directory).close();
});

test('written anew it holds the rows as they are now', () => {
  const directory = folder();
  const rows = createRowStore();
  const checkpoint = open(directory);
  contentOf(checkpoint);
  const value = Buffer.alloc(1024 * 1024, 'x');
  const tooMany = 140;
  for (let offset = 0; offset < tooMany; offset += 1) {
    const changes = [{ key: Buffer.from(`user-${offset % 3}`), offset, value, words: [] }];
    checkpoint.append({ changes, nextOffset: offset + 1 });
    rows.apply(changes);
    checkpoint.tidy(rows, offset + 1);
  }
  checkpoint.close();
  expect(statSync(fileOf(directory)).size).toBeLessThan((tooMany / 2) * value.length);
  const again = open(directory);
  const restored = createRowStore();
  let nextOffset = 0;
  for (const batch of again.saved()) {
    restored.apply(batch.changes.map((change) => ({ ...change, words: [] })));
    nextOffset = batch.nextOffset;
  }
  again.close();
  expect(nextOffset).toBe(tooMany);
  expect([...restored.rows()]).toEqual([...rows.rows()]);
});

test('a folder that cannot be written is reported with what to do', () => {
  const directory = folder();
  const file = join(directory, 'in-the-way');
  writeFileSync(file, '');
  const refused = () => open(join(file, 'users-1'));
  expect(refused).toThrow(VestnikError);
  expect(refused).toThrow(/Free space or remove the folder/);
});
