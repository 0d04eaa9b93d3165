import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { framed } from '../../../../runtime/kafka/patches/request-frames.ts';
import {
  closeFrame,
  createFrame,
  resetFrame,
  writeInt16,
  writeInt32,
  writeString,
} from '../../../../runtime/kafka/request-frame.ts';

const require = createRequire(import.meta.url);
type Encoded = { readonly buffer: Buffer };
const stock = require('kafkajs/src/protocol/request') as (request: object) => Promise<Encoded>;

const head = { apiKey: 0, apiVersion: 7, correlationId: 70_000, clientId: 'вестник-notify' };

function filled(bytes: number) {
  const frame = createFrame();
  resetFrame(frame, bytes + 100);
  writeString(frame, null);
  writeString(frame, 'тема');
  writeInt16(frame, -1);
  writeInt32(frame, 30_000);
  frame.bytes.fill(0x61, frame.at, frame.at + bytes);
  frame.at += bytes;
  return frame;
}

test.each([0, 10, 100_000, 9_000_000])(
  '%i bytes in a frame are what the package sends',
  async (bytes) => {
    const { apiKey, apiVersion, correlationId, clientId } = head;
    const request = { apiKey, apiVersion, encode: async () => framed(filled(bytes)) };
    const { buffer } = await stock({ correlationId, clientId, request });
    expect(closeFrame(filled(bytes), head).equals(buffer)).toBe(true);
  },
);

test('a frame is used again, and one that grew large is not kept', () => {
  const frame = filled(9_000_000);
  const large = frame.bytes;
  resetFrame(frame, 10);
  expect(frame.bytes.length).toBeLessThan(large.length);
  const small = frame.bytes;
  writeInt32(frame, 1);
  resetFrame(frame, 20);
  expect(frame.bytes).toBe(small);
  expect(frame.at).toBe(frame.start);
});

test('a client id without room is refused instead of being written over something', () => {
  const clientId = 'a'.repeat(600);
  expect(() => closeFrame(filled(1), { ...head, clientId })).toThrow(/at most 498/);
});
