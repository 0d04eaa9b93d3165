import type { BatchBuilder } from './batch-builder.ts';
import { giveMemoryBack } from './batch-memory.ts';
import type { Header, KafkaRecord } from './record.ts';
import { batchLayout } from './record-batch.ts';
import type { TopicPartition } from './record-sink.ts';
import { type Cursor, readVarBytes, readVarint, truncated } from './varint.ts';

/** A record batch as it was fetched, its records inflated and not read yet. */
export type InflatedBatch = {
  /** All of the batch, as it came. */
  readonly packed: Buffer;
  readonly records: Buffer;
  readonly count: number;
  readonly baseOffset: number;
  readonly firstTimestampMs: number;
  /** When the topic takes the broker's time: one for the whole batch, whatever its records say. */
  readonly appendedMs: number | null;
};

/**
 * Where a record lies in `records` of its batch. One object is used for all of a batch, so that a
 * million rows make none; `nextRecord` moves it on.
 */
export type RecordPlace = Cursor & {
  readonly baseOffset: number;
  /** How many records follow. */
  left: number;
  offset: number;
  /** Where the record itself begins. */
  start: number;
  keyStart: number;
  /** -1: the key is null. */
  keyEnd: number;
  valueStart: number;
  /** -1: the value is null. */
  valueEnd: number;
};

type Origin = Pick<InflatedBatch, 'baseOffset' | 'firstTimestampMs' | 'appendedMs'>;

/** Of records whose batch is not stored, or whose offset nobody asks for. */
const fromZero: Origin = { baseOffset: 0, firstTimestampMs: 0, appendedMs: null };

const none = -1;
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

/** Reads the length before a record, and answers where the record ends. */
function readEnd(cursor: Cursor): number {
  const length = readVarint(cursor);
  const end = cursor.at + length;
  if (length < 0 || end > cursor.buffer.length) throw truncated('a record goes past the end');
  return end;
}

function readRecord(cursor: Cursor, origin: Origin, place: TopicPartition): KafkaRecord {
  const end = readEnd(cursor);
  cursor.at += 1;
  const createdMs = origin.firstTimestampMs + readVarint(cursor);
  const timestampMs = origin.appendedMs ?? createdMs;
  const offset = origin.baseOffset + readVarint(cursor);
  const key = readVarBytes(cursor);
  const value = readVarBytes(cursor);
  const headers = readHeaders(cursor);
  cursor.at = end;
  const { topic, partition } = place;
  return { topic, partition, offset, timestampMs, key, value, headers };
}

/** Gives the memory of batches back whose records nobody looks at any more. */
export function releaseBatches(batches: readonly InflatedBatch[]): void {
  for (const { records } of batches) giveMemoryBack(records);
}

/** The records of a batch from an offset on. */
export function recordsFrom(
  batch: InflatedBatch,
  place: TopicPartition & { readonly fromOffset: number },
): KafkaRecord[] {
  const cursor = { buffer: batch.records, at: 0 };
  const records: KafkaRecord[] = [];
  for (let left = batch.count; left > 0; left -= 1) {
    const record = readRecord(cursor, batch, place);
    if (record.offset >= place.fromOffset) records.push(record);
  }
  return records;
}

/** The one record that begins at `start`. */
export function recordAt(batch: InflatedBatch, start: number, place: TopicPartition): KafkaRecord {
  return readRecord({ buffer: batch.records, at: start }, batch, place);
}

/** The records of a batch that is not sent yet; their offsets begin at zero. */
export function recordsIn(batch: BatchBuilder, place: TopicPartition): KafkaRecord[] {
  const cursor = { buffer: batch.bytes.subarray(0, batch.at), at: batchLayout.records };
  return Array.from({ length: batch.count }, () => readRecord(cursor, fromZero, place));
}

/** The key of the first record in a batch's records. */
export function keyOfFirst(records: Buffer): Buffer | null {
  return readRecord({ buffer: records, at: 0 }, fromZero, { topic: '', partition: 0 }).key;
}

/** The place before the first record of a batch. */
export function beforeRecords({ records, count, baseOffset }: InflatedBatch): RecordPlace {
  const bounds = { start: 0, keyStart: 0, keyEnd: none, valueStart: 0, valueEnd: none };
  return { buffer: records, at: 0, baseOffset, left: count, offset: baseOffset, ...bounds };
}

/** Moves a place on to the next record; false at the end. KAFKA_PROTOCOL when it is torn. */
export function nextRecord(place: RecordPlace): boolean {
  if (place.left <= 0) return false;
  place.left -= 1;
  place.start = place.at;
  const end = readEnd(place);
  place.at += 1;
  readVarint(place);
  place.offset = place.baseOffset + readVarint(place);
  const keyLength = readVarint(place);
  place.keyStart = place.at;
  place.keyEnd = keyLength < 0 ? none : place.at + keyLength;
  if (keyLength > 0) place.at += keyLength;
  const valueLength = readVarint(place);
  place.valueStart = place.at;
  place.valueEnd = valueLength < 0 ? none : place.at + valueLength;
  if (place.valueEnd > end) throw truncated('a value goes past its record');
  place.at = end;
  return true;
}
