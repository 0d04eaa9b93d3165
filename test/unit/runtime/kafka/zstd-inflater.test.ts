import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inflateZstd } from '../../../../runtime/kafka/zstd-inflater.ts';

const maxBytes = 16 * 1024 * 1024;
const inflate = (frame: Buffer) => inflateZstd(frame, maxBytes, Buffer.allocUnsafeSlow);
const textOf = (length: number) => Buffer.from(randomBytes(length / 2).toString('hex'));

test('many frames at once each come out as they went in', async () => {
  const texts = Array.from({ length: 40 }, (_, n) => textOf(2 + n * 50_000));
  const inflated = await Promise.all(texts.map((text) => inflate(zstdCompressSync(text))));
  for (const [index, text] of texts.entries()) expect(inflated[index]?.equals(text)).toBe(true);
});

test('what follows a frame is left, and does not become part of the next one', async () => {
  const text = textOf(100_000);
  const frame = zstdCompressSync(text);
  for (let turn = 0; turn < 8; turn += 1) {
    expect((await inflate(Buffer.concat([frame, frame]))).equals(text)).toBe(true);
    expect((await inflate(frame)).equals(text)).toBe(true);
  }
});

test('half a frame does not become the beginning of the next one', async () => {
  const text = textOf(300_000);
  const frame = zstdCompressSync(text);
  for (let turn = 0; turn < 8; turn += 1) {
    const half = await inflate(frame.subarray(0, frame.length / 2));
    expect(half.length).toBeLessThan(text.length);
    expect((await inflate(frame)).equals(text)).toBe(true);
  }
});

test('after frames that are damaged or too large, others are inflated', async () => {
  const text = textOf(300_000);
  const bomb = zstdCompressSync(Buffer.alloc(maxBytes + 1));
  for (let turn = 0; turn < 8; turn += 1) {
    await expect(inflate(randomBytes(50_000))).rejects.toThrow('Unknown frame descriptor');
    await expect(inflate(bomb)).rejects.toThrow('larger than 16777216 bytes');
    expect((await inflate(zstdCompressSync(text))).equals(text)).toBe(true);
  }
});

test('the output lies where the caller has room, at its beginning', async () => {
  const room = Buffer.alloc(1_000_000);
  const text = textOf(200_000);
  const inflated = await inflateZstd(zstdCompressSync(text), maxBytes, () => room);
  expect(inflated.buffer).toBe(room.buffer);
  expect(inflated.byteOffset).toBe(room.byteOffset);
  expect(inflated.equals(text)).toBe(true);
});
