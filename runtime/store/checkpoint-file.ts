import {
  closeSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { crc32c } from '../crc32c.ts';
import type { StoredRow } from './row-store.ts';

/** A change as it lies in a checkpoint: a row, or a deletion when `value` is null. */
export type SavedChange = {
  readonly key: Buffer;
  readonly offset: number;
  readonly value: Buffer | null;
};

/** Changes that were saved together with the offset behind them. */
export type SavedBatch = { readonly changes: readonly SavedChange[]; readonly nextOffset: number };

/*
 * The file is a list of frames: length, CRC-32C, payload. The first payload is the identity as
 * JSON, each other one a batch: next offset (a double), number of changes, then for each change its
 * offset (a double), length of key, length of value (-1 for a deletion), key, value. A frame is
 * there whole or, its checksum wrong, not at all: so changes and offset are one atomic write.
 */
const frameHeadBytes = 8;
const batchHeadBytes = 12;
const changeHeadBytes = 14;
/** A frame is at most one fetch of records; a length beyond this is damage, not data. */
const maxFrameBytes = 256 * 1024 * 1024;
/** Batches of a rewrite: small enough to read back without a pause. */
const rewriteBatchRows = 2000;

/** Frames up to this size are written in memory that is used again: the next one needs it too. */
const keptBytes = 16 * 1024 * 1024;
let kept = Buffer.alloc(0);

const viewOf = ({ buffer, byteOffset, length }: Buffer) => new DataView(buffer, byteOffset, length);

/** Memory for a frame; what it held before is overwritten. */
function frameFor(payloadBytes: number): Buffer {
  const bytes = frameHeadBytes + payloadBytes;
  if (bytes > keptBytes) return Buffer.allocUnsafeSlow(bytes);
  if (bytes > kept.length) kept = Buffer.allocUnsafeSlow(Math.min(bytes * 2, keptBytes));
  return kept.subarray(0, bytes);
}

/** Writes the head before a payload that is in its place. */
function seal(frame: Buffer): Buffer {
  frame.writeUInt32LE(frame.length - frameHeadBytes, 0);
  frame.writeUInt32LE(crc32c(frame.subarray(frameHeadBytes)), 4);
  return frame;
}

function frameOfText(text: string): Buffer {
  const frame = frameFor(Buffer.byteLength(text));
  frame.write(text, frameHeadBytes);
  return seal(frame);
}

function frameOfBatch({ changes, nextOffset }: SavedBatch): Buffer {
  let size = batchHeadBytes;
  for (const { key, value } of changes) size += changeHeadBytes + key.length + (value?.length ?? 0);
  const frame = frameFor(size);
  const view = viewOf(frame);
  view.setFloat64(frameHeadBytes, nextOffset, true);
  view.setUint32(frameHeadBytes + 8, changes.length, true);
  let at = frameHeadBytes + batchHeadBytes;
  for (const { key, offset, value } of changes) {
    view.setFloat64(at, offset, true);
    view.setUint16(at + 8, key.length, true);
    view.setInt32(at + 10, value?.length ?? -1, true);
    at += changeHeadBytes;
    frame.set(key, at);
    at += key.length;
    if (value) frame.set(value, at);
    at += value?.length ?? 0;
  }
  return seal(frame);
}

function decodeBatch(payload: Buffer): SavedBatch {
  const changes: SavedChange[] = [];
  const view = viewOf(payload);
  const count = view.getUint32(8, true);
  let at = batchHeadBytes;
  for (let index = 0; index < count; index += 1) {
    const offset = view.getFloat64(at, true);
    const keyEnd = at + changeHeadBytes + view.getUint16(at + 8, true);
    const valueBytes = view.getInt32(at + 10, true);
    const key = payload.subarray(at + changeHeadBytes, keyEnd);
    const value = valueBytes < 0 ? null : payload.subarray(keyEnd, keyEnd + valueBytes);
    changes.push({ key, offset, value });
    at = keyEnd + Math.max(0, valueBytes);
  }
  return { changes, nextOffset: payload.readDoubleLE(0) };
}

/** Fills the buffer from a place in the file; false when the file ends before. */
function readFully(file: number, into: Buffer, position: number): boolean {
  for (let filled = 0; filled < into.length; ) {
    const count = readSync(file, into, filled, into.length - filled, position + filled);
    if (count === 0) return false;
    filled += count;
  }
  return true;
}

/** The payload of the frame at a place; null when there is none that is whole. */
function readFrame(file: number, position: number): Buffer | null {
  const head = Buffer.allocUnsafe(frameHeadBytes);
  if (!readFully(file, head, position)) return null;
  const length = head.readUInt32LE(0);
  // Zeroes, which a file system may show after a loss of power, are a frame of nothing.
  if (length < batchHeadBytes || length > maxFrameBytes) return null;
  const payload = Buffer.allocUnsafe(length);
  if (!readFully(file, payload, position + frameHeadBytes)) return null;
  return crc32c(payload) === head.readUInt32LE(4) ? payload : null;
}

function writeFully(file: number, bytes: Buffer, position: number): number {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
  return position + bytes.length;
}

/** One open checkpoint file. */
export type CheckpointFile = {
  /** The identity it was written with; null in a new or damaged file. */
  readonly identity: string | null;
  /** Saved batches in order, up to the first frame that is not whole; appends go on from there. */
  batches(): Iterable<SavedBatch>;
  append(batch: SavedBatch): void;
  /** Replaces the content by these rows, whole or not at all. */
  rewrite(identity: string, rows: Iterable<StoredRow>, nextOffset: number): void;
  bytes(): number;
  close(): void;
};

function* inBatches(rows: Iterable<StoredRow>, nextOffset: number): Iterable<SavedBatch> {
  let changes: SavedChange[] = [];
  for (const { key, offset, value } of rows) {
    changes.push({ key: Buffer.from(key), offset, value });
    if (changes.length < rewriteBatchRows) continue;
    // Not finished: without the last batch the topic is read from its beginning again.
    yield { changes, nextOffset: 0 };
    changes = [];
  }
  if (nextOffset > 0) yield { changes, nextOffset };
}

/** Opens or creates the file. Reads nothing but the identity. */
export function openCheckpointFile(path: string): CheckpointFile {
  let file = openSync(path, 'a+');
  closeSync(file);
  file = openSync(path, 'r+');
  const first = readFrame(file, 0);
  let end = first === null ? 0 : frameHeadBytes + first.length;
  return {
    identity: first === null ? null : first.toString(),
    *batches() {
      for (let payload = readFrame(file, end); payload; payload = readFrame(file, end)) {
        end += frameHeadBytes + payload.length;
        yield decodeBatch(payload);
      }
      // What follows was torn by a crash; it would lie behind the next append.
      ftruncateSync(file, end);
    },
    append(batch) {
      end = writeFully(file, frameOfBatch(batch), end);
    },
    rewrite(identity, rows, nextOffset) {
      const fresh = `${path}.new`;
      const target = openSync(fresh, 'w+');
      let at = writeFully(target, frameOfText(identity), 0);
      for (const batch of inBatches(rows, nextOffset)) {
        at = writeFully(target, frameOfBatch(batch), at);
      }
      renameSync(fresh, path);
      closeSync(file);
      file = target;
      end = at;
    },
    bytes: () => end,
    close: () => closeSync(file),
  };
}

/** When the file was last written, milliseconds since 1970-01-01 UTC; null when there is none. */
export function lastWrittenMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
