import { randomBytes } from 'node:crypto';
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
import { encodeRecordBatch } from '../../../../runtime/kafka/record-batch-encoder.ts';
import { type Checkpoint, openCheckpoint } from '../../../../runtime/store/checkpoint.ts';
import { createRowStore, rowChange } from '../../../../runtime/store/row-store.ts';
import { decodeRecordSet } from '../kafka/decode-set.ts';

const dayMs = 24 * 60 * 60 * 1000;
const identity = { topic: 'users', topicId: 'one', partition: 1, partitions: 4 };

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

type Row = { readonly key: string; readonly value: Buffer | null };

/** The rows as a topic has them from an offset on, in one batch. */
async function batchAt(first: number, rows: readonly Row[]): Promise<Buffer> {
  const records = rows.map(({ key, value }) => ({ topic: 'users', key: Buffer.from(key), value }));
  const nobody = { producerId: -1n, producerEpoch: -1, firstSequence: -1, timestampMs: 0 };
  const batch = await encodeRecordBatch(records, { ...nobody, transactional: false });
  batch.writeBigInt64BE(BigInt(first), 0);
  return batch;
}

async function append(checkpoint: Checkpoint, first: number, rows: readonly Row[]) {
  const half = Math.ceil(rows.length / 2);
  const batches = [await batchAt(first, rows.slice(0, half))];
  if (rows.length > half) batches.push(await batchAt(first + half, rows.slice(half)));
  const count = rows.length;
  checkpoint.append({ batches, count, fromOffset: first, nextOffset: first + count });
}

const some = (first: number, count: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `user-${first + index}`,
    value: index % 5 === 4 ? null : Buffer.from(`row ${first + index}`),
  }));

/** Reads all there is. */
async function contentOf(checkpoint: Checkpoint) {
  const content = [];
  for (const { set, count, fromOffset, nextOffset } of checkpoint.saved()) {
    const { records } = await decodeRecordSet(set, [], {
      topic: 'users',
      partition: 1,
      fromOffset,
    });
    expect(records).toHaveLength(count);
    content.push({ nextOffset, records });
  }
  return content;
}
type Content = Awaited<ReturnType<typeof contentOf>>;
const offsetsIn = (content: Content) => content.map(({ nextOffset }) => nextOffset);

/** Writes three times and answers what a reopened checkpoint holds. */
async function write(directory: string) {
  const checkpoint = open(directory);
  await contentOf(checkpoint);
  for (const first of [0, 10, 20]) await append(checkpoint, first, some(first, 10));
  checkpoint.close();
  const again = open(directory);
  const content = await contentOf(again);
  again.close();
  return content;
}

test('what was appended is there after a restart, in order', async () => {
  const content = await write(folder());
  expect(offsetsIn(content)).toEqual([10, 20, 30]);
  const [first, , , , fifth] = content[1]?.records ?? [];
  expect([first?.key, first?.offset, first?.value].map(String)).toEqual([
    'user-10',
    '10',
    'row 10',
  ]);
  expect([fifth?.key, fifth?.offset, fifth?.value].map(String)).toEqual(['user-14', '14', 'null']);
});

test('cut off at any byte, whole frames are left and new ones go on behind them', async () => {
  const directory = folder();
  const whole = await write(directory);
  const bytes = readFileSync(fileOf(directory));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (length) => {
      writeFileSync(fileOf(directory), bytes.subarray(0, length));
      const checkpoint = open(directory);
      const left = await contentOf(checkpoint);
      expect(left).toEqual(whole.slice(0, left.length));
      await append(checkpoint, 500, some(500, 2));
      checkpoint.close();
      const again = open(directory);
      expect(offsetsIn(await contentOf(again))).toEqual([...offsetsIn(left), 502]);
      again.close();
    }),
  );
});

test('with any byte changed, nothing is read from the damage on', async () => {
  const directory = folder();
  const whole = await write(directory);
  const bytes = readFileSync(fileOf(directory));
  const change = fc.integer({ min: 1, max: 255 });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), change, async (at, by) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ by;
      writeFileSync(fileOf(directory), damaged);
      const checkpoint = open(directory);
      const left = await contentOf(checkpoint);
      checkpoint.close();
      expect(left.length).toBeLessThan(whole.length);
      expect(left).toEqual(whole.slice(0, left.length));
    }),
  );
});

test('frames of all sizes after each other are there after a restart', async () => {
  const directory = folder();
  const checkpoint = open(directory);
  await contentOf(checkpoint);
  const values = [10, 20_000_000, 3, 900_000, 0, 17_000_000, 1].map((size) => randomBytes(size));
  for (const [offset, value] of values.entries()) {
    await append(checkpoint, offset, [{ key: `user-${offset}`, value }]);
  }
  checkpoint.close();
  const again = open(directory);
  const content = await contentOf(again);
  again.close();
  expect(content).toHaveLength(values.length);
  for (const [index, { records }] of content.entries()) {
    expect(records[0]?.value?.equals(values[index] ?? Buffer.from('none'))).toBe(true);
  }
});

test('records before the offset that a fetch began at do not come back', async () => {
  const directory = folder();
  const checkpoint = open(directory);
  await contentOf(checkpoint);
  const rows = [{ key: 'anna', value: Buffer.from('row') }, ...some(1, 3)];
  const batches = [await batchAt(0, rows)];
  checkpoint.append({ batches, count: rows.length, fromOffset: 1, nextOffset: rows.length });
  checkpoint.close();
  const again = open(directory);
  const [saved] = again.saved();
  expect(saved).toMatchObject({ fromOffset: 1, nextOffset: rows.length });
  again.close();
});

test.each([
  ['another topic', { ...identity, topic: 'movies' }],
  ['another partition', { ...identity, partition: 2 }],
  ['another number of partitions', { ...identity, partitions: 8 }],
  ['a topic that was made anew', { ...identity, topicId: 'two' }],
])('a checkpoint of %s is wiped', async (_, other) => {
  const directory = folder();
  await write(directory);
  const checkpoint = open(directory, { identity: other });
  expect(await contentOf(checkpoint)).toEqual([]);
  checkpoint.close();
});

test('it is said of a topic that was made anew, and of no other', async () => {
  const directory = folder();
  await write(directory);
  const others = [{ partitions: 8 }, { topicId: 'two' }, {}];
  const said = others.map((other) => {
    const checkpoint = open(directory, { identity: { ...identity, partitions: 8, ...other } });
    checkpoint.close();
    return checkpoint.remade;
  });
  expect(said).toEqual([false, true, true]);
});

test('a checkpoint that is older than the tombstones of its topic is wiped', async () => {
  const directory = folder();
  await write(directory);
  const writtenMs = statSync(fileOf(directory)).mtimeMs;
  const young = open(directory, { nowMs: writtenMs + 7 * dayMs });
  expect(await contentOf(young)).not.toEqual([]);
  young.close();
  const old = open(directory, { nowMs: writtenMs + 8 * dayMs });
  expect(await contentOf(old)).toEqual([]);
  old.close();
});

test('a foreign file is wiped', async () => {
  const directory = folder();
  appendFileSync(fileOf(directory), 'not a checkpoint at all, but long enough to be one');
  const checkpoint = open(directory);
  expect(await contentOf(checkpoint)).toEqual([]);
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

/** What a checkpoint holds, as rows. */
async function restoredFrom(directory: string) {
  const checkpoint = open(directory);
  const rows = createRowStore();
  const content = await contentOf(checkpoint);
  for (const { records } of content) {
    for (const { key, value, offset } of records) {
      rows.apply(rowChange(key ?? Buffer.alloc(0), value, offset));
    }
  }
  checkpoint.close();
  return { rows, nextOffset: content.at(-1)?.nextOffset, frames: content.length };
}

test('grown too large it is written anew and holds the rows as they are now', async () => {
  const directory = folder();
  const rows = createRowStore();
  const checkpoint = open(directory);
  await contentOf(checkpoint);
  const value = randomBytes(1024 * 1024);
  const tooMany = 140;
  // Offsets beyond 32 bits, which the places in a batch must hold too.
  const base = 2 ** 40;
  for (let offset = base; offset < base + tooMany; offset += 1) {
    const key = `user-${offset % 3}`;
    await append(checkpoint, offset, [{ key, value }]);
    rows.apply(rowChange(Buffer.from(key), value, offset));
    checkpoint.tidy(rows, offset + 1);
  }
  checkpoint.close();
  expect(statSync(fileOf(directory)).size).toBeLessThan((tooMany / 2) * value.length);
  const restored = await restoredFrom(directory);
  expect(restored.nextOffset).toBe(base + tooMany);
  expect([...restored.rows.rows()]).toEqual([...rows.rows()]);
});

test('with too many former versions of rows it is written anew, however small it is', async () => {
  const directory = folder();
  const rows = createRowStore();
  const checkpoint = open(directory);
  await contentOf(checkpoint);
  const [same = { key: '', value: null }] = some(7, 1);
  const batch = Array.from({ length: 50_000 }, () => same);
  for (let first = 0; first < 300_000; first += batch.length) {
    await append(checkpoint, first, batch);
    rows.apply(rowChange(Buffer.from(same.key), same.value, first + batch.length - 1));
    checkpoint.tidy(rows, first + batch.length);
  }
  checkpoint.close();
  const restored = await restoredFrom(directory);
  expect(restored.frames).toBe(1);
  expect(restored.nextOffset).toBe(300_000);
  expect([...restored.rows.rows()]).toEqual([...rows.rows()]);
});

test('a folder that cannot be written is reported with what to do', () => {
  const directory = folder();
  const file = join(directory, 'in-the-way');
  writeFileSync(file, '');
  const refused = () => open(join(file, 'users-1'));
  expect(refused).toThrow(VestnikError);
  expect(refused).toThrow(/Free space or remove the folder/);
});
