import { crc32c } from '../crc32c.ts';
import { VestnikError } from '../errors.ts';
import type { BatchBuilder } from './batch-builder.ts';
import { inflate } from './compression.ts';
import type { Header, KafkaRecord } from './record.ts';
import { attributeBits, batchLayout, batchMagic, batchPrefixBytes } from './record-batch.ts';
import type { TopicPartition } from './record-sink.ts';
import { type Cursor, readVarBytes, readVarint } from './varint.ts';

/** A transaction that was rolled back: its records lie from `firstOffset` to its marker. */
export type AbortedTransaction = { readonly producerId: bigint; readonly firstOffset: number };

/** What a record set held: the records to deliver, and where to read next. */
export type DecodedRecords = {
  readonly records: readonly KafkaRecord[];
  /** One past the last offset that any batch covers, also when compaction emptied it. */
  readonly nextOffset: number;
};

type Place = TopicPartition & { readonly fromOffset: number };

type BatchHead = {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly attributes: number;
  readonly firstTimestampMs: number;
  /** When the topic takes the broker's time: one for the whole batch, whatever its records say. */
  readonly appendedMs: number | null;
  readonly producerId: bigint;
  readonly recordCount: number;
  readonly body: Buffer;
};

const abortMarkerType = 0;
const markerTypeAt = 2;

function readHead(set: Buffer, at: number, end: number, place: Place): BatchHead {
  const layout = batchLayout;
  const where = `${place.topic}-${place.partition}, batch at byte ${at}`;
  if (set[at + layout.magic] !== batchMagic) {
    throw new VestnikError('KAFKA_PROTOCOL', `a batch is older than magic 2: ${where}`);
  }
  const crc = crc32c(set.subarray(at + layout.attributes, end));
  if (crc !== set.readUInt32BE(at + layout.crc)) {
    throw new VestnikError('KAFKA_PROTOCOL', `the checksum of a batch is wrong: ${where}`);
  }
  const baseOffset = Number(set.readBigInt64BE(at + layout.baseOffset));
  const attributes = set.readInt16BE(at + layout.attributes);
  const maxTimestampMs = Number(set.readBigInt64BE(at + layout.maxTimestamp));
  return {
    baseOffset,
    lastOffset: baseOffset + set.readInt32BE(at + layout.lastOffsetDelta),
    attributes,
    firstTimestampMs: Number(set.readBigInt64BE(at + layout.firstTimestamp)),
    appendedMs: attributes & attributeBits.logAppendTime ? maxTimestampMs : null,
    producerId: set.readBigInt64BE(at + layout.producerId),
    recordCount: set.readInt32BE(at + layout.recordCount),
    body: set.subarray(at + layout.records, end),
  };
}

const noHeaders: readonly Header[] = [];

function readHeaders(cursor: Cursor): readonly Header[] {
  const count = readVarint(cursor);
  if (count <= 0) return noHeaders;
  const headers: Header[] = [];
  for (let left = count; left > 0; left -= 1) {
    const name = readVarBytes(cursor)?.toString() ?? '';
    headers.push([name, readVarBytes(cursor)]);
  }
  return headers;
}

function readRecord(
  cursor: Cursor,
  head: Pick<BatchHead, 'baseOffset' | 'firstTimestampMs' | 'appendedMs'>,
  place: TopicPartition,
): KafkaRecord {
  const length = readVarint(cursor);
  const end = cursor.at + length;
  cursor.at += 1;
  const createdMs = head.firstTimestampMs + readVarint(cursor);
  const timestampMs = head.appendedMs ?? createdMs;
  const offset = head.baseOffset + readVarint(cursor);
  const key = readVarBytes(cursor);
  const value = readVarBytes(cursor);
  const headers = readHeaders(cursor);
  cursor.at = end;
  const { topic, partition } = place;
  return { topic, partition, offset, timestampMs, key, value, headers };
}

/** True for the marker that ends a rolled-back transaction (its key is version, then type). */
function isAbortMarker(head: BatchHead): boolean {
  const cursor = { buffer: head.body, at: 0 };
  const marker = readRecord(cursor, head, { topic: '', partition: 0 });
  return marker.key?.readInt16BE(markerTypeAt) === abortMarkerType;
}

async function readRecords(head: BatchHead, place: Place): Promise<KafkaRecord[]> {
  const code = head.attributes & attributeBits.compression;
  const cursor = { buffer: await inflate(code, head.body), at: 0 };
  const records: KafkaRecord[] = [];
  for (let left = head.recordCount; left > 0; left -= 1) {
    const record = readRecord(cursor, head, place);
    if (record.offset >= place.fromOffset) records.push(record);
  }
  return records;
}

/** The records of a batch that is not sent yet; their offsets begin at zero. */
export function recordsIn(batch: BatchBuilder, place: TopicPartition): KafkaRecord[] {
  const cursor = { buffer: batch.bytes.subarray(0, batch.at), at: batchLayout.records };
  const origin = { baseOffset: 0, firstTimestampMs: 0, appendedMs: null };
  return Array.from({ length: batch.count }, () => readRecord(cursor, origin, place));
}

/**
 * Tells which batches belong to rolled-back transactions. The broker lists them in the order of
 * their markers; a transaction is open from its first offset until a *control* batch of its
 * producer, so the list is sorted by first offset, as Java's consumer does. kafkajs does neither
 * and lets aborted records through.
 */
function abortedFilter(aborted: readonly AbortedTransaction[]) {
  const waiting = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  let next = 0;
  return {
    /** To be asked for every batch, in the order of the log. */
    drops(head: BatchHead): boolean {
      for (; next < waiting.length; next += 1) {
        const transaction = waiting[next];
        if (!transaction || transaction.firstOffset > head.lastOffset) break;
        open.add(transaction.producerId);
      }
      if (head.attributes & attributeBits.control) {
        if (head.recordCount > 0 && isAbortMarker(head)) open.delete(head.producerId);
        return true;
      }
      return Boolean(head.attributes & attributeBits.transactional) && open.has(head.producerId);
    },
  };
}

/**
 * Reads a record set as it came from a fetch at isolation read_committed. It moves by each
 * batch's last offset, so emptied batches and gaps of compaction need no special case. A batch
 * cut off at the end of the set is left for the next fetch.
 */
export async function decodeRecordSet(
  set: Buffer,
  aborted: readonly AbortedTransaction[],
  place: Place,
): Promise<DecodedRecords> {
  const filter = abortedFilter(aborted);
  const records: KafkaRecord[] = [];
  let nextOffset = place.fromOffset;
  let at = 0;
  while (at + batchLayout.records <= set.length) {
    const end = at + batchPrefixBytes + set.readInt32BE(at + batchLayout.length);
    if (end > set.length) break;
    const head = readHead(set, at, end, place);
    if (!filter.drops(head) && head.recordCount > 0) {
      for (const record of await readRecords(head, place)) records.push(record);
    }
    nextOffset = Math.max(nextOffset, head.lastOffset + 1);
    at = end;
  }
  return { records, nextOffset };
}
