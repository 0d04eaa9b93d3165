import { VestnikError } from '../errors.ts';

/** A place in a buffer that moves on as values are read. */
export type Cursor = { readonly buffer: Buffer; at: number };

const continueBit = 0x80;
const sevenBits = 0x7f;
const bitsPerByte = 7;
/** A zig-zag varint of 32 bits has five bytes at the most; of 64 bits, ten. */
const maxVarintBytes = 10;

/** To be thrown when bytes end in the middle of a value. */
export const truncated = (what: string): VestnikError => new VestnikError('KAFKA_PROTOCOL', what);

/** Reads a zig-zag varint. Exact up to 2^53, which offsets, lengths and timestamp deltas are. */
export function readVarint(cursor: Cursor): number {
  const first = cursor.buffer[cursor.at] ?? continueBit;
  if (first < continueBit) {
    cursor.at += 1;
    return (first >>> 1) ^ -(first & 1);
  }
  let value = 0;
  let scale = 1;
  for (let count = 0; count < maxVarintBytes; count += 1) {
    const byte = cursor.buffer[cursor.at];
    if (byte === undefined) throw truncated('a varint goes past the end');
    cursor.at += 1;
    value += (byte & sevenBits) * scale;
    scale *= continueBit;
    if (byte < continueBit) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  throw truncated('a varint is longer than 64 bits');
}

/** Reads bytes with their length before them; a length of -1 means null. */
export function readVarBytes(cursor: Cursor): Buffer | null {
  const length = readVarint(cursor);
  if (length < 0) return null;
  const end = cursor.at + length;
  if (end > cursor.buffer.length) throw truncated('bytes go past the end');
  const bytes = cursor.buffer.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}

const isLong = (value: number) => value !== (value | 0);
/** The zig-zag form, in which the sign is the lowest bit. */
const zigZag = (value: number) => (value < 0 ? -value * 2 - 1 : value * 2);

/** How many bytes `writeVarint` needs. */
export function varintLength(value: number): number {
  if (isLong(value)) return varlongLength(value);
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let length = 1;
  while (rest >= continueBit) {
    rest >>>= bitsPerByte;
    length += 1;
  }
  return length;
}

function varlongLength(value: number): number {
  let length = 1;
  for (let rest = zigZag(value); rest >= continueBit; rest = Math.floor(rest / continueBit)) {
    length += 1;
  }
  return length;
}

function writeVarlong(buffer: Buffer, at: number, value: number): number {
  let rest = zigZag(value);
  let end = at;
  for (; rest >= continueBit; rest = Math.floor(rest / continueBit)) {
    buffer[end] = (rest % continueBit) | continueBit;
    end += 1;
  }
  buffer[end] = rest;
  return end + 1;
}

/** Writes a zig-zag varint and returns the place after it. Exact up to 2^52. */
export function writeVarint(buffer: Buffer, at: number, value: number): number {
  if (isLong(value)) return writeVarlong(buffer, at, value);
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let end = at;
  while (rest >= continueBit) {
    buffer[end] = (rest & sevenBits) | continueBit;
    rest >>>= bitsPerByte;
    end += 1;
  }
  buffer[end] = rest;
  return end + 1;
}

/** Length of bytes together with the varint before them. */
export function varBytesLength(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintLength(bytes.length) + bytes.length;
}

/** Writes a length and the bytes; null is written as length -1. */
export function writeVarBytes(buffer: Buffer, at: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(buffer, at, -1);
  const start = writeVarint(buffer, at, bytes.length);
  buffer.set(bytes, start);
  return start + bytes.length;
}
