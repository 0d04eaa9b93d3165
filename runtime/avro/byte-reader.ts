import { isUtf8 } from 'node:buffer';

/** Why a value cannot be read; who reads it knows the field. */
export class UnreadableBytes extends Error {}

const continueBit = 0x80;
const valueBits = 0x7f;
const bitsPerByte = 7n;
/** A long has 64 bits, in bytes of seven. */
const maxLongBytes = 10;
const floatBytes = 4;
const doubleBytes = 8;
const minInt = -(2n ** 31n);
const maxInt = 2n ** 31n - 1n;

/**
 * Reads what Avro values consist of from the first byte to before `end` (specification, "Binary
 * encoding"). All of it throws UnreadableBytes where the bytes are not there or mean nothing.
 */
export function createByteReader(bytes: Buffer, start: number, end: number) {
  let at = start;

  /** Takes bytes away, and answers where they began. */
  function take(count: number): number {
    if (count > end - at) throw new UnreadableBytes('the record ends too early');
    const from = at;
    at += count;
    return from;
  }

  function readLong(): bigint {
    let value = 0n;
    for (let count = 0; count < maxLongBytes; count += 1) {
      const byte = bytes[take(1)] ?? 0;
      value |= BigInt(byte & valueBits) << (BigInt(count) * bitsPerByte);
      if (byte < continueBit) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new UnreadableBytes('a number has more than 64 bits');
  }

  function readInt(): number {
    const value = readLong();
    if (value >= minInt && value <= maxInt) return Number(value);
    throw new UnreadableBytes('an int has more than 32 bits');
  }

  function readBytes(): Buffer {
    const length = readLong();
    if (length < 0n) throw new UnreadableBytes('a length is negative');
    if (length > BigInt(end - at)) throw new UnreadableBytes('the record ends too early');
    const from = take(Number(length));
    return bytes.subarray(from, at);
  }

  return {
    take,
    readLong,
    readInt,
    readBytes,
    readFloat: () => bytes.readFloatLE(take(floatBytes)),
    readDouble: () => bytes.readDoubleLE(take(doubleBytes)),
    readBoolean(): boolean {
      const byte = bytes[take(1)];
      if (byte === 0 || byte === 1) return byte === 1;
      throw new UnreadableBytes('a boolean is neither true nor false');
    },
    left: () => end - at,
  };
}

export type ByteReader = ReturnType<typeof createByteReader>;

/** The text of some bytes; invalid UTF-8 is refused, never replaced by other letters. */
export function utf8Of(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw new UnreadableBytes('the text is not valid UTF-8');
}
