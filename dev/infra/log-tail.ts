import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Enough to see why, little enough to read in a terminal; the message names the whole file. */
const tailBytes = 8_192;
const tailLines = 12;

function readFrom(path: string, fromByte: (size: number) => number): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.min(size, Math.max(0, fromByte(size)));
    const bytes = Buffer.alloc(size - start);
    const count = readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString('utf8', 0, count);
  } finally {
    closeSync(file);
  }
}

/** The last lines of a log, for an error message. */
export function logTail(path: string): string {
  const text = readFrom(path, (size) => size - tailBytes).trimEnd();
  return text.split('\n').slice(-tailLines).join('\n');
}

/** What a log holds from a byte on. */
export function logSince(path: string, fromByte: number): string {
  return readFrom(path, () => fromByte);
}
