import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inflate } from '../../../../runtime/kafka/compression.ts';
import { compressionCodes } from '../../../../runtime/kafka/record-batch.ts';

const mebibyte = 1024 * 1024;
const noise = (length: number) => {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
};

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a few bytes', Buffer.from('Анна')],
  ['what does not shrink', noise(mebibyte)],
  ['text that shrinks to a fifth or so', Buffer.from(noise(200_000).toString('hex').repeat(3))],
  ['what shrinks far more than expected', Buffer.alloc(40 * mebibyte, 'x')],
])('%s is inflated whole, with gzip and zstd', async (_, bytes) => {
  const gzip = await inflate(compressionCodes.gzip, gzipSync(bytes));
  const zstd = await inflate(compressionCodes.zstd, zstdCompressSync(bytes));
  expect(gzip.equals(bytes)).toBe(true);
  expect(zstd.equals(bytes)).toBe(true);
});

test('a batch that would fill the memory is refused, however small it comes', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(257 * mebibyte));
  const refused = inflate(compressionCodes.zstd, bomb);
  await expect(refused).rejects.toThrow(/larger than/);
});

test.each([
  ['a small one', Buffer.from('no zstd at all')],
  ['a large one', noise(mebibyte)],
])('%s that is damaged is refused', async (_, damaged) => {
  await expect(inflate(compressionCodes.zstd, damaged)).rejects.toThrow('Unknown frame descriptor');
});
