import { digest, digits, lastBlock, schedule } from './layout';

/*
 * SHA-1 (RFC 3174) of texts that begin alike: the caller has hashed the whole blocks of what they
 * share. node:crypto costs four times as much for a short text, all of it around the hash.
 */
const blockBytes: usize = 64;
const lengthBytes: usize = 8;
const scheduleBytes: usize = 320;
const firstPadByte: u8 = 0x80;

/** Expands the block to eighty words, four at a time where the words allow it. */
function expand(): void {
  for (let i: usize = 0; i < 64; i += 4) {
    store<u32>(schedule + i, bswap<u32>(load<u32>(lastBlock + i)));
  }
  let at = schedule + 64;
  for (; at < schedule + 128; at += 4) {
    const x = load<u32>(at - 12) ^ load<u32>(at - 32) ^ load<u32>(at - 56) ^ load<u32>(at - 64);
    store<u32>(at, rotl<u32>(x, 1));
  }
  // The recurrence put into itself once: no word depends on the three before it.
  for (; at < schedule + scheduleBytes; at += 16) {
    const x = v128.xor(
      v128.xor(v128.load(at - 24), v128.load(at - 64)),
      v128.xor(v128.load(at - 112), v128.load(at - 128)),
    );
    v128.store(at, v128.or(i32x4.shl(x, 2), i32x4.shr_u(x, 30)));
  }
}

/**
 * Mixes the last block into the digest (RFC 3174, section 6.1), five rounds in a row, after which
 * the five words have their places again. What the round before gives is added last, so that the
 * rest of a sum need not wait for it.
 */
function mix(): void {
  expand();
  let a = load<u32>(digest);
  let b = load<u32>(digest, 4);
  let c = load<u32>(digest, 8);
  let d = load<u32>(digest, 12);
  let e = load<u32>(digest, 16);
  let at = schedule;
  for (; at < schedule + 80; at += 20) {
    e = e + 0x5a827999 + load<u32>(at) + (d ^ (b & (c ^ d))) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + 0x5a827999 + load<u32>(at, 4) + (c ^ (a & (b ^ c))) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + 0x5a827999 + load<u32>(at, 8) + (b ^ (e & (a ^ b))) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + 0x5a827999 + load<u32>(at, 12) + (a ^ (d & (e ^ a))) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + 0x5a827999 + load<u32>(at, 16) + (e ^ (c & (d ^ e))) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
  }
  for (; at < schedule + 160; at += 20) {
    e = e + 0x6ed9eba1 + load<u32>(at) + (b ^ c ^ d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + 0x6ed9eba1 + load<u32>(at, 4) + (a ^ b ^ c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + 0x6ed9eba1 + load<u32>(at, 8) + (e ^ a ^ b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + 0x6ed9eba1 + load<u32>(at, 12) + (d ^ e ^ a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + 0x6ed9eba1 + load<u32>(at, 16) + (c ^ d ^ e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
  }
  for (; at < schedule + 240; at += 20) {
    e = e + 0x8f1bbcdc + load<u32>(at) + ((b & c) | (d & (b | c))) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + 0x8f1bbcdc + load<u32>(at, 4) + ((a & b) | (c & (a | b))) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + 0x8f1bbcdc + load<u32>(at, 8) + ((e & a) | (b & (e | a))) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + 0x8f1bbcdc + load<u32>(at, 12) + ((d & e) | (a & (d | e))) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + 0x8f1bbcdc + load<u32>(at, 16) + ((c & d) | (e & (c | d))) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
  }
  for (; at < schedule + scheduleBytes; at += 20) {
    e = e + 0xca62c1d6 + load<u32>(at) + (b ^ c ^ d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + 0xca62c1d6 + load<u32>(at, 4) + (a ^ b ^ c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + 0xca62c1d6 + load<u32>(at, 8) + (e ^ a ^ b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + 0xca62c1d6 + load<u32>(at, 12) + (d ^ e ^ a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + 0xca62c1d6 + load<u32>(at, 16) + (c ^ d ^ e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
  }
  store<u32>(digest, load<u32>(digest) + a);
  store<u32>(digest, load<u32>(digest, 4) + b, 4);
  store<u32>(digest, load<u32>(digest, 8) + c, 8);
  store<u32>(digest, load<u32>(digest, 12) + d, 12);
  store<u32>(digest, load<u32>(digest, 16) + e, 16);
}

/** Hashes what is left of the prefix, then a text; the digest's words then lie in `digest`. */
function hash(prefix: usize, text: usize, length: usize): void {
  memory.copy(digest, prefix + 12, 20);
  let filled: usize = load<u32>(prefix, 8);
  memory.copy(lastBlock, load<u32>(prefix, 4), filled);
  for (let done: usize = 0; done < length; ) {
    const taken = min(blockBytes - filled, length - done);
    memory.copy(lastBlock + filled, text + done, taken);
    done += taken;
    filled += taken;
    if (filled < blockBytes) break;
    mix();
    filled = 0;
  }
  store<u8>(lastBlock + filled, firstPadByte);
  filled += 1;
  if (filled > blockBytes - lengthBytes) {
    memory.fill(lastBlock + filled, 0, blockBytes - filled);
    mix();
    filled = 0;
  }
  memory.fill(lastBlock + filled, 0, blockBytes - lengthBytes - filled);
  const bits = (<u64>load<u32>(prefix) + <u64>length) * 8;
  store<u64>(lastBlock + blockBytes - lengthBytes, bswap<u64>(bits));
  mix();
}

/**
 * Hashes the whole blocks of a prefix: number of its bytes, place and length of what is left of it
 * (at first all), five words of state.
 */
export function hashPrefix(prefix: usize): void {
  store<u32>(digest, 0x67452301);
  store<u32>(digest, 0xefcdab89, 4);
  store<u32>(digest, 0x98badcfe, 8);
  store<u32>(digest, 0x10325476, 12);
  store<u32>(digest, 0xc3d2e1f0, 16);
  let at: usize = load<u32>(prefix, 4);
  let left: usize = load<u32>(prefix, 8);
  for (; left >= blockBytes; left -= blockBytes) {
    memory.copy(lastBlock, at, blockBytes);
    mix();
    at += blockBytes;
  }
  memory.copy(prefix + 12, digest, 20);
  store<u32>(prefix, <u32>at, 4);
  store<u32>(prefix, <u32>left, 8);
}

/** The two digits of every byte. */
export function writeDigits(): void {
  for (let byte = 0; byte < 256; byte++) {
    const high = byte >> 4;
    const low = byte & 15;
    store<u8>(digits + byte * 2, high < 10 ? 48 + high : 87 + high);
    store<u8>(digits + byte * 2 + 1, low < 10 ? 48 + low : 87 + low);
  }
}

function pair(byte: u32): u32 {
  return load<u16>(digits + (byte & 0xff) * 2);
}

function quad(word: u32): u32 {
  return pair(word >> 8) | (pair(word) << 16);
}

/** A UUID as text. */
export const idBytes: usize = 36;

/** Writes UUID version 5 (RFC 9562, section 5.5): the namespace is part of the prefix. */
export function writeId(prefix: usize, text: usize, length: usize, out: usize): void {
  hash(prefix, text, length);
  const a = load<u32>(digest);
  const b = (load<u32>(digest, 4) & 0xffff0fff) | 0x5000;
  const c = (load<u32>(digest, 8) & 0x3fffffff) | 0x80000000;
  const d = load<u32>(digest, 12);
  const dash: u8 = 0x2d;
  store<u32>(out, quad(a >> 16));
  store<u32>(out, quad(a), 4);
  store<u8>(out, dash, 8);
  store<u32>(out, quad(b >> 16), 9);
  store<u8>(out, dash, 13);
  store<u32>(out, quad(b), 14);
  store<u8>(out, dash, 18);
  store<u32>(out, quad(c >> 16), 19);
  store<u8>(out, dash, 23);
  store<u32>(out, quad(c), 24);
  store<u32>(out, quad(d >> 16), 28);
  store<u32>(out, quad(d), 32);
}
