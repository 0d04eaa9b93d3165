import { borrowMemory, giveMemoryBack } from './batch-memory.ts';
import type { Header, OutgoingRecord } from './record.ts';
import { batchLayout } from './record-batch.ts';
import { varBytesLength, varintLength, writeVarBytes, writeVarint } from './varint.ts';

/**
 * One record batch of magic 2 as it grows: records are framed where they will be sent from. The
 * head is filled in when the batch is sealed, for only then its sequence is known.
 */
export type BatchBuilder = {
  /** Room for the head, then the records up to `at`. Replaced by a larger one as it grows. */
  bytes: Buffer;
  at: number;
  count: number;
};

/** Most partitions of a chunk get some tens of kilobytes; what gets more grows a few times. */
const firstBytes = 16 * 1024;
const noBytes = Buffer.alloc(0);

/** An empty batch. */
export function createBatchBuilder(): BatchBuilder {
  return { bytes: borrowMemory(firstBytes), at: batchLayout.records, count: 0 };
}

/** Gives the memory of a batch back that nobody looks at any more. */
export function releaseBatch(batch: BatchBuilder): void {
  giveMemoryBack(batch.bytes);
  batch.bytes = noBytes;
}

function makeRoom(batch: BatchBuilder, needed: number): void {
  const end = batch.at + needed;
  if (end <= batch.bytes.length) return;
  const larger = borrowMemory(Math.max(end, batch.bytes.length * 2));
  larger.set(batch.bytes.subarray(0, batch.at));
  giveMemoryBack(batch.bytes);
  batch.bytes = larger;
}

/**
 * Adds records that were framed elsewhere: their offset deltas must go on from the batch's count.
 */
export function addFramed(batch: BatchBuilder, records: Buffer, count: number): void {
  makeRoom(batch, records.length);
  batch.bytes.set(records, batch.at);
  batch.at += records.length;
  batch.count += count;
}

function headersLength(headers: readonly Header[]): number {
  let length = varintLength(headers.length);
  for (const [name, value] of headers) {
    length += varBytesLength(Buffer.from(name)) + varBytesLength(value);
  }
  return length;
}

/** Adds a whole record. Only where a batch is kept and never sent may its offset be another. */
export function addRecord(
  batch: BatchBuilder,
  record: Omit<OutgoingRecord, 'topic'>,
  offsetDelta = batch.count,
): void {
  const { key, value, headers = [] } = record;
  const content = varBytesLength(key) + varBytesLength(value) + headersLength(headers);
  const body = 2 + varintLength(offsetDelta) + content;
  makeRoom(batch, body + varintLength(body));
  const { bytes } = batch;
  let at = writeVarint(bytes, batch.at, body);
  bytes[at] = 0; // attributes
  bytes[at + 1] = 0; // timestamp delta
  at = writeVarint(bytes, at + 2, offsetDelta);
  at = writeVarBytes(bytes, at, key);
  at = writeVarBytes(bytes, at, value);
  at = writeVarint(bytes, at, headers.length);
  for (const [name, headerValue] of headers) {
    at = writeVarBytes(bytes, at, Buffer.from(name));
    at = writeVarBytes(bytes, at, headerValue);
  }
  batch.at = at;
  batch.count += 1;
}
