/*
 * SHA-1 (RFC 3174) of many texts that begin alike: the part before the last block is hashed once.
 * node:crypto costs four times as much for a short text, all of it around the hash.
 */

/** What all the texts begin with, hashed as far as whole blocks go. */
export type HashedPrefix = {
  readonly state: Int32Array;
  /** The bytes after the last whole block. */
  readonly rest: Buffer;
  readonly totalBytes: number;
};

const blockBytes = 64;
const lengthBytes = 8;
const wordsPerBlock = 16;
const schedule = new Int32Array(80);
const block = Buffer.alloc(blockBytes);
const digest = new Int32Array(5);
const initial = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
const firstPadByte = 0x80;

/** Mixes the block at a place into a state (RFC 3174, section 6.1). */
function mix(state: Int32Array, bytes: Buffer, at: number): void {
  const w = schedule;
  for (let i = 0, o = at; i < wordsPerBlock; i += 1, o += 4) {
    w[i] =
      ((bytes[o] ?? 0) << 24) |
      ((bytes[o + 1] ?? 0) << 16) |
      ((bytes[o + 2] ?? 0) << 8) |
      (bytes[o + 3] ?? 0);
  }
  for (let i = wordsPerBlock; i < 80; i += 1) {
    const x = (w[i - 3] ?? 0) ^ (w[i - 8] ?? 0) ^ (w[i - 14] ?? 0) ^ (w[i - 16] ?? 0);
    w[i] = (x << 1) | (x >>> 31);
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let t = 0;
  let i = 0;
  for (; i < 20; i += 1) {
    t = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + (w[i] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (; i < 40; i += 1) {
    t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (w[i] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (; i < 60; i += 1) {
    t = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + 0x8f1bbcdc + (w[i] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (; i < 80; i += 1) {
    t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + (w[i] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  state[0] = ((state[0] ?? 0) + a) | 0;
  state[1] = ((state[1] ?? 0) + b) | 0;
  state[2] = ((state[2] ?? 0) + c) | 0;
  state[3] = ((state[3] ?? 0) + d) | 0;
  state[4] = ((state[4] ?? 0) + e) | 0;
}

/** Hashes the whole blocks of a prefix. */
export function hashPrefix(prefix: Buffer): HashedPrefix {
  const state = Int32Array.from(initial);
  const whole = prefix.length - (prefix.length % blockBytes);
  for (let at = 0; at < whole; at += blockBytes) mix(state, prefix, at);
  return { state, rest: Buffer.from(prefix.subarray(whole)), totalBytes: prefix.length };
}

/**
 * SHA-1 of the prefix followed by the bytes from `start` to `end`, as five words. The answer is
 * used again by the next call.
 */
export function sha1After(
  prefix: HashedPrefix,
  bytes: Buffer,
  start: number,
  end: number,
): Int32Array {
  digest.set(prefix.state);
  const { rest } = prefix;
  let filled = rest.length;
  for (let i = 0; i < filled; i += 1) block[i] = rest[i] ?? 0;
  for (let i = start; i < end; i += 1) {
    block[filled] = bytes[i] ?? 0;
    filled += 1;
    if (filled < blockBytes) continue;
    mix(digest, block, 0);
    filled = 0;
  }
  block[filled] = firstPadByte;
  filled += 1;
  if (filled > blockBytes - lengthBytes) {
    block.fill(0, filled);
    mix(digest, block, 0);
    filled = 0;
  }
  for (let i = filled; i < blockBytes - lengthBytes; i += 1) block[i] = 0;
  const bits = (prefix.totalBytes + end - start) * 8;
  block.writeUInt32BE(Math.floor(bits / 2 ** 32), blockBytes - lengthBytes);
  block.writeUInt32BE(bits >>> 0, blockBytes - 4);
  mix(digest, block, 0);
  return digest;
}
