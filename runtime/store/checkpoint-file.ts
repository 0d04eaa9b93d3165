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

function frameOf(payload: Buffer): Buffer {
  const head = Buffer.allocUnsafe(frameHeadBytes);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt32LE(crc32c(payload), 4);
  return Buffer.concat([head, payload]);
}

function encodeBatch({ changes, nextOffset }: SavedBatch): Buffer {
  let size = batchHeadBytes;
  for (const { key, value } of changes) size += changeHeadBytes + key.length + (value?.length ?? 0);
  const payload = Buffer.allocUnsafe(size);
  payload.writeDoubleLE(nextOffset, 0);
  payload.writeUInt32LE(changes.length, 8);
  let at = batchHeadBytes;
  for (const { key, offset, value } of changes) {
    payload.writeDoubleLE(offset, at);
    payload.writeUInt16LE(key.length, at + 8);
    payload.writeInt32LE(value?.length ?? -1, at + 10);
    at += changeHeadBytes;
    payload.set(key, at);
    at += key.length;
    if (value) payload.set(value, at);
    at += value?.length ?? 0;
  }
  return frameOf(payload);
}

function decodeBatch(payload: Buffer): SavedBatch {
  const changes: SavedChange[] = [];
  const count = payload.readUInt32LE(8);
  let at = batchHeadBytes;
  for (let index = 0; index < count; index += 1) {
    const offset = payload.readDoubleLE(at);
    const keyEnd = at + changeHeadBytes + payload.readUInt16LE(at + 8);
    const valueBytes = payload.readInt32LE(at + 10);
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
      end = writeFully(file, encodeBatch(batch), end);
    },
    rewrite(identity, rows, nextOffset) {
      const fresh = `${path}.new`;
      const target = openSync(fresh, 'w+');
      let at = writeFully(target, frameOf(Buffer.from(identity)), 0);
      for (const batch of inBatches(rows, nextOffset)) {
        at = writeFully(target, encodeBatch(batch), at);
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
