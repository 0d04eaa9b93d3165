import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressFrame } from '../../../../runtime/kafka/batch-compressor.ts';

const text = (bytes: number, word: string) => Buffer.from(word.repeat(bytes / word.length));

test('frames that are compressed side by side are whole and come to whom they belong', async () => {
  const inputs = Array.from({ length: 20 }, (_, index) =>
    text(1000 + index * 40_000, `notification ${index} `),
  );
  for (let round = 0; round < 3; round += 1) {
    const frames = await Promise.all(inputs.map(compressFrame));
    for (const [index, pieces] of frames.entries()) {
      const frame = Buffer.concat(pieces);
      expect(frame.length).toBeLessThan((inputs[index]?.length ?? 0) / 4);
      expect(inputs[index]?.equals(zstdDecompressSync(frame))).toBe(true);
    }
  }
});

test('what does not shrink comes in pieces, and nothing of it in the next frame', async () => {
  const large = randomBytes(1_500_000);
  const pieces = await compressFrame(large);
  expect(pieces.length).toBeGreaterThan(1);
  expect(large.equals(zstdDecompressSync(Buffer.concat(pieces)))).toBe(true);

  const next = text(100_000, 'next ');
  const frame = Buffer.concat(await compressFrame(next));
  expect(next.equals(zstdDecompressSync(frame))).toBe(true);
});
