import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressFrame } from '../../../../runtime/kafka/batch-compressor.ts';
import { giveMemoryBack } from '../../../../runtime/kafka/batch-memory.ts';

const text = (bytes: number, word: string) => Buffer.from(word.repeat(bytes / word.length));

test('frames that are compressed side by side are whole and come to whom they belong', async () => {
  const inputs = Array.from({ length: 20 }, (_, index) =>
    text(1000 + index * 40_000, `notification ${index} `),
  );
  for (let round = 0; round < 3; round += 1) {
    const frames = await Promise.all(inputs.map(compressFrame));
    for (const [index, frame] of frames.entries()) {
      expect(frame.length).toBeLessThan((inputs[index]?.length ?? 0) / 4);
      expect(inputs[index]?.equals(zstdDecompressSync(frame))).toBe(true);
    }
    frames.forEach(giveMemoryBack);
  }
});

test('what does not shrink is whole, and nothing of it is in the next frame', async () => {
  const large = randomBytes(2_500_000);
  expect(large.equals(zstdDecompressSync(await compressFrame(large)))).toBe(true);

  const next = text(100_000, 'next ');
  expect(next.equals(zstdDecompressSync(await compressFrame(next)))).toBe(true);
});

test('a frame stays as it is while others are compressed', async () => {
  const inputs = Array.from({ length: 12 }, () => randomBytes(200_000));
  const frames: Buffer[] = [];
  for (const input of inputs) frames.push(await compressFrame(input));
  for (const [index, frame] of frames.entries()) {
    expect(inputs[index]?.equals(zstdDecompressSync(frame))).toBe(true);
  }
});
