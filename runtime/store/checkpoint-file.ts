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
import {
  addRecord,
  type BatchBuilder,
  createBatchBuilder,
  releaseBatch,
} from '../kafka/batch-builder.ts';
import { batchLayout, compressionCodes } from '../kafka/record-batch.ts';
import { lengthOf, sealBatch } from '../kafka/record-batch-encoder.ts';
import type { StoredRow } from './row-store.ts';

/** Record batches that were saved together with the offset behind them. */
export type SavedBatches = {
  /** Whole batches, one after the other, as they came from Kafka. */
  readonly set: Buffer;
  /** How many records they have. */
  readonly count: number;
  /** Records before this offset do not count, though a batch may hold them. */
  readonly fromOffset: number;
  readonly nextOffset: number;
};

/** The same before it is saved: the batches lie where they were fetched to. */
export type BatchesToSave = Omit<SavedBatches, 'set'> & { readonly batches: readonly Buffer[] };

/*
 * The file is a list of frames: length, CRC-32C, payload. The first payload is the identity as
 * JSON, each other one holds offsets from and behind (doubles), a count of records, record batches.
 * A frame is there whole or, its checksum wrong, not at all: so rows and offset are one atomic
 * write. Batches stay compressed as they were: that is a fifth of what the rows would take.
 */
const frameHeadBytes = 8;
const savedHeadBytes = 20;
/** A frame is at most one fetch of records; a length beyond this is damage, not data. */
const maxFrameBytes = 256 * 1024 * 1024;
/** Batches of a rewrite: small enough to read back without a pause. */
const rewrittenBatchBytes = 1024 * 1024;

/** Frames up to this size are written in memory that is used again: the next one needs it too. */
const keptBytes = 16 * 1024 * 1024;
let kept = Buffer.alloc(0);

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

function frameOfBatches({ batches, count, fromOffset, nextOffset }: BatchesToSave): Buffer {
  const size = batches.reduce((sum, { length }) => sum + length, savedHeadBytes);
  const frame = frameFor(size);
  frame.writeDoubleLE(fromOffset, frameHeadBytes);
  frame.writeDoubleLE(nextOffset, frameHeadBytes + 8);
  frame.writeUInt32LE(count, frameHeadBytes + 16);
  let at = frameHeadBytes + savedHeadBytes;
  for (const batch of batches) {
    frame.set(batch, at);
    at += batch.length;
  }
  return seal(frame);
}

function readSaved(payload: Buffer): SavedBatches {
  return {
    fromOffset: payload.readDoubleLE(0),
    nextOffset: payload.readDoubleLE(8),
    count: payload.readUInt32LE(16),
    set: payload.subarray(savedHeadBytes),
  };
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
  if (length < savedHeadBytes || length > maxFrameBytes) return null;
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
  batches(): Iterable<SavedBatches>;
  append(batches: BatchesToSave): void;
  /** Replaces the content by these rows, whole or not at all. */
  rewrite(identity: string, rows: Iterable<StoredRow>, nextOffset: number): void;
  bytes(): number;
  /** How many records it is known to hold: all of them once `batches` was read to its end. */
  records(): number;
  close(): void;
};

const nobody = { producerId: -1n, producerEpoch: -1, firstSequence: -1, transactional: false };

/** The batch as it would be sent, but not compressed: nobody waits for a rewrite of the disk. */
function sealed(batch: BatchBuilder, timestampMs: number): Buffer {
  const bytes = batch.bytes.subarray(batchLayout.records, batch.at);
  const packed = { bytes, count: batch.count, compression: compressionCodes.none };
  const whole = Buffer.allocUnsafe(lengthOf(packed));
  sealBatch(packed, { ...nobody, timestampMs }, whole, 0);
  return whole;
}

/**
 * The rows in batches, each with the time that its rows share; only the last one has the offset
 * behind them.
 */
function* inBatches(rows: Iterable<StoredRow>, nextOffset: number): Iterable<BatchesToSave> {
  const batch = createBatchBuilder();
  let batchMs = 0;
  for (const { key, offset, value, timestampMs = 0 } of rows) {
    if (batch.at >= rewrittenBatchBytes || (batch.count > 0 && timestampMs !== batchMs)) {
      const { count } = batch;
      // Not finished: without the last batch the topic is read from its beginning again.
      yield { batches: [sealed(batch, batchMs)], count, fromOffset: 0, nextOffset: 0 };
      batch.at = batchLayout.records;
      batch.count = 0;
    }
    batchMs = timestampMs;
    addRecord(batch, { key: Buffer.from(key), value }, offset);
  }
  const { count } = batch;
  const last = { batches: [sealed(batch, batchMs)], count, fromOffset: 0, nextOffset };
  if (nextOffset > 0) yield last;
  releaseBatch(batch);
}

/** Opens or creates the file. Reads nothing but the identity. */
export function openCheckpointFile(path: string): CheckpointFile {
  let file = openSync(path, 'a+');
  closeSync(file);
  file = openSync(path, 'r+');
  const first = readFrame(file, 0);
  let end = first === null ? 0 : frameHeadBytes + first.length;
  let records = 0;
  return {
    identity: first === null ? null : first.toString(),
    *batches() {
      for (let payload = readFrame(file, end); payload; payload = readFrame(file, end)) {
        end += frameHeadBytes + payload.length;
        const saved = readSaved(payload);
        records += saved.count;
        yield saved;
      }
      // What follows was torn by a crash; it would lie behind the next append.
      ftruncateSync(file, end);
    },
    append(batches) {
      end = writeFully(file, frameOfBatches(batches), end);
      records += batches.count;
    },
    rewrite(identity, rows, nextOffset) {
      const fresh = `${path}.new`;
      const target = openSync(fresh, 'w+');
      let at = writeFully(target, frameOfText(identity), 0);
      let written = 0;
      for (const batches of inBatches(rows, nextOffset)) {
        at = writeFully(target, frameOfBatches(batches), at);
        written += batches.count;
      }
      renameSync(fresh, path);
      closeSync(file);
      file = target;
      end = at;
      records = written;
    },
    bytes: () => end,
    records: () => records,
    close: () => closeSync(file),
  };
}

/** When the file was last written, milliseconds since 1970-01-01 UTC; null when there is none. */
export function lastWrittenMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
