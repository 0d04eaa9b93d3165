import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib';
import { crc32c } from '../crc32c.ts';
import { addRecord, type BatchBuilder, createBatchBuilder, releaseBatch } from './batch-builder.ts';
import type { OutgoingRecord } from './record.ts';
import {
  attributeBits,
  batchLayout,
  batchMagic,
  batchPrefixBytes,
  compressionCodes,
} from './record-batch.ts';

const compressAside = promisify(zstdCompress);
/** Level 1 costs least and gains as much on text: measured against 3, against -1 and gzip. */
const zstdParams = { [constants.ZSTD_c_compressionLevel]: 1 };
/** Notifications shrink to an eighth: room for a quarter takes them in one piece, not in many. */
const expectedShare = 0.25;
const minOutputBytes = 1024;
/** Below this a compressed batch is hardly smaller. */
const minCompressBytes = 1024;
/** Below this the way to another thread and back costs twice as much as the compression itself. */
const minAsideBytes = 32 * 1024;

/** Who writes the batch: from InitProducerId, with the next sequence of the partition. */
export type BatchOrigin = {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
  readonly timestampMs: number;
};

/** A batch whose records are compressed; only who writes it is missing. */
export type PackedBatch = {
  readonly bytes: Buffer;
  readonly count: number;
  readonly compression: number;
};

/**
 * Compresses the records of a batch when that pays, large ones off the main thread. The batch
 * itself is used up.
 */
export async function packBatch(batch: BatchBuilder): Promise<PackedBatch> {
  const { bytes, at, count } = batch;
  const records = bytes.subarray(batchLayout.records, at);
  if (records.length < minCompressBytes) {
    return { bytes: bytes.subarray(0, at), count, compression: compressionCodes.none };
  }
  const aside = records.length >= minAsideBytes;
  const chunkSize = minOutputBytes + Math.ceil(records.length * expectedShare);
  const options = { params: zstdParams, chunkSize };
  const body = aside ? await compressAside(records, options) : zstdCompressSync(records, options);
  const packed = Buffer.allocUnsafeSlow(batchLayout.records + body.length);
  packed.set(body, batchLayout.records);
  releaseBatch(batch);
  return { bytes: packed, count, compression: compressionCodes.zstd };
}

/** Fills in the head, checksum included; the bytes are then ready to be sent. */
export function sealBatch({ bytes, count, compression }: PackedBatch, origin: BatchOrigin): Buffer {
  const at = batchLayout;
  const timestamp = BigInt(origin.timestampMs);
  const transactional = origin.transactional ? attributeBits.transactional : 0;
  bytes.writeBigInt64BE(0n, at.baseOffset);
  bytes.writeInt32BE(bytes.length - batchPrefixBytes, at.length);
  bytes.writeInt32BE(0, at.leaderEpoch);
  bytes[at.magic] = batchMagic;
  bytes.writeInt16BE(transactional | compression, at.attributes);
  bytes.writeInt32BE(count - 1, at.lastOffsetDelta);
  bytes.writeBigInt64BE(timestamp, at.firstTimestamp);
  bytes.writeBigInt64BE(timestamp, at.maxTimestamp);
  bytes.writeBigInt64BE(origin.producerId, at.producerId);
  bytes.writeInt16BE(origin.producerEpoch, at.producerEpoch);
  bytes.writeInt32BE(origin.firstSequence, at.firstSequence);
  bytes.writeInt32BE(count, at.recordCount);
  bytes.writeUInt32BE(crc32c(bytes.subarray(at.attributes)), at.crc);
  return bytes;
}

/** One batch of these records, ready to be sent. */
export async function encodeRecordBatch(
  records: readonly OutgoingRecord[],
  origin: BatchOrigin,
): Promise<Buffer> {
  const batch = createBatchBuilder();
  for (const record of records) addRecord(batch, record);
  return sealBatch(await packBatch(batch), origin);
}
