import { crc32c } from '../crc32c.ts';
import { addRecord, type BatchBuilder, createBatchBuilder, releaseBatch } from './batch-builder.ts';
import { compressFrame } from './batch-compressor.ts';
import { giveMemoryBack } from './batch-memory.ts';
import type { OutgoingRecord } from './record.ts';
import {
  attributeBits,
  batchLayout,
  batchMagic,
  batchPrefixBytes,
  compressionCodes,
} from './record-batch.ts';
import { recordsIn } from './record-batch-decoder.ts';

/** Below this a compressed batch is hardly smaller. */
const minCompressBytes = 1024;
/** Brokers take 1 MiB unless they are told otherwise (`message.max.bytes`). */
const maxPackedBytes = 1_000_000;
/** Where the records of a batch lie does not matter while it is cut. */
const nowhere = { topic: '', partition: 0 };

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
  /** The records. */
  readonly bytes: Buffer;
  readonly count: number;
  readonly compression: number;
};

/** The bytes that a batch will have, head included. */
export const lengthOf = ({ bytes }: PackedBatch): number => batchLayout.records + bytes.length;

/** Gives the memory of a batch back that was sent. */
export const releasePacked = ({ bytes }: PackedBatch): void => giveMemoryBack(bytes);

/** Two batches with the records of one, in their order. */
function halves(batch: BatchBuilder): readonly BatchBuilder[] {
  const records = recordsIn(batch, nowhere);
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)].map((half) => {
    const fresh = createBatchBuilder();
    for (const record of half) addRecord(fresh, record);
    return fresh;
  });
}

/**
 * Compresses the records of a batch when that pays, large ones off the main thread, and cuts in
 * two what is too large for the broker even then. The batch itself is used up.
 */
export async function packBatch(batch: BatchBuilder): Promise<readonly PackedBatch[]> {
  const { bytes, at, count } = batch;
  const records = bytes.subarray(batchLayout.records, at);
  const small = records.length < minCompressBytes;
  const packedBytes = small ? Buffer.from(records) : await compressFrame(records);
  const compression = small ? compressionCodes.none : compressionCodes.zstd;
  const packed = { bytes: packedBytes, count, compression };
  const parts = lengthOf(packed) > maxPackedBytes && count > 1 ? halves(batch) : [];
  releaseBatch(batch);
  if (parts.length === 0) return [packed];
  releasePacked(packed);
  return (await Promise.all(parts.map(packBatch))).flat();
}

/**
 * Writes a whole batch, checksum included, from `start` on, where `lengthOf` bytes are free;
 * answers the place behind it.
 */
export function sealBatch(
  { bytes: records, count, compression }: PackedBatch,
  origin: BatchOrigin,
  into: Buffer,
  start: number,
): number {
  const end = start + batchLayout.records + records.length;
  into.set(records, start + batchLayout.records);
  const bytes = into.subarray(start, end);
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
  return end;
}

/** These records, ready to be sent: as a rule, one batch. */
export async function encodeRecordBatch(
  records: readonly OutgoingRecord[],
  origin: BatchOrigin,
): Promise<Buffer> {
  const batch = createBatchBuilder();
  for (const record of records) addRecord(batch, record);
  const packed = await packBatch(batch);
  const bytes = Buffer.alloc(packed.reduce((sum, each) => sum + lengthOf(each), 0));
  packed.reduce((at, each) => sealBatch(each, origin, bytes, at), 0);
  packed.forEach(releasePacked);
  return bytes;
}
