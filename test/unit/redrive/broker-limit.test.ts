import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fitsBroker } from '../../../redrive/broker-limit.ts';
import type { Header } from '../../../runtime/kafka/record.ts';

/** Bytes that no compression makes fewer. */
function noise(length: number): Buffer {
  const pieces = Array.from({ length: Math.ceil(length / 32) }, (_, n) =>
    createHash('sha256').update(String(n)).digest(),
  );
  return Buffer.concat(pieces).subarray(0, length);
}

const mebibyte = 1024 * 1024;
/** None of its bytes are those of a shorter one. */
const header: Header = ['trace', noise(1_200_000).subarray(1_100_000)];
const record = (value: Buffer | null, headers: readonly Header[] = []) => ({
  topic: 't',
  key: Buffer.from('k'),
  value,
  headers,
});

test.each([
  [true, record(null)],
  [true, record(noise(990_000))],
  [true, record(Buffer.alloc(4 * mebibyte, 'a'))],
  [
    true,
    record(
      noise(990_000),
      Array.from({ length: 9 }, () => ['x', Buffer.alloc(60_000)]),
    ),
  ],
  [false, record(noise(mebibyte))],
  [false, record(noise(990_000), [header])],
  [false, record(null, [['large', noise(2 * mebibyte)]])],
])('%s: case %#', async (expected, each) => {
  expect(await fitsBroker(each)).toBe(expected);
});
