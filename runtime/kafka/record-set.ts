import { crc32c } from '../crc32c.ts';
import { VestnikError } from '../errors.ts';
import type { MemoryFor } from './batch-memory.ts';
import { inflate } from './compression.ts';
import { attributeBits, batchLayout, batchMagic, batchPrefixBytes } from './record-batch.ts';
import { type InflatedBatch, keyOfFirst } from './record-batch-decoder.ts';
import type { TopicPartition } from './record-sink.ts';

/** A transaction that was rolled back: its records lie from `firstOffset` to its marker. */
export type AbortedTransaction = { readonly producerId: bigint; readonly firstOffset: number };

/** What a record set holds: the batches whose records count, and where to read next. */
export type RecordSet = {
  readonly batches: readonly InflatedBatch[];
  /** One past the last offset that any batch covers, also when compaction emptied it. */
  readonly nextOffset: number;
};

/** Where a set was read, and from which offset on. */
export type SetPlace = TopicPartition & { readonly fromOffset: number };

type BatchHead = {
  readonly packed: Buffer;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly attributes: number;
  readonly producerId: bigint;
  readonly count: number;
};

const abortMarkerType = 0;
const markerTypeAt = 2;

function readHead(set: Buffer, at: number, end: number, place: SetPlace): BatchHead {
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
  return {
    packed: set.subarray(at, end),
    baseOffset,
    lastOffset: baseOffset + set.readInt32BE(at + layout.lastOffsetDelta),
    attributes: set.readInt16BE(at + layout.attributes),
    producerId: set.readBigInt64BE(at + layout.producerId),
    count: set.readInt32BE(at + layout.recordCount),
  };
}

const bodyOf = ({ packed }: BatchHead) => packed.subarray(batchLayout.records);

async function inflateBatch(head: BatchHead, memoryFor?: MemoryFor): Promise<InflatedBatch> {
  const { packed, attributes, baseOffset, count } = head;
  const maxTimestampMs = Number(packed.readBigInt64BE(batchLayout.maxTimestamp));
  return {
    packed,
    records: await inflate(attributes & attributeBits.compression, bodyOf(head), memoryFor),
    count,
    baseOffset,
    firstTimestampMs: Number(packed.readBigInt64BE(batchLayout.firstTimestamp)),
    appendedMs: attributes & attributeBits.logAppendTime ? maxTimestampMs : null,
  };
}

/** True for the marker that ends a rolled-back transaction (its key is version, then type). */
function isAbortMarker(head: BatchHead): boolean {
  return keyOfFirst(bodyOf(head))?.readInt16BE(markerTypeAt) === abortMarkerType;
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
        if (head.count > 0 && isAbortMarker(head)) open.delete(head.producerId);
        return true;
      }
      return Boolean(head.attributes & attributeBits.transactional) && open.has(head.producerId);
    },
  };
}

/**
 * Reads a record set as it came from a fetch at isolation read_committed. It moves by each
 * batch's last offset, so emptied batches and gaps of compaction need no special case. A batch
 * cut off at the end of the set is left for the next fetch. Rejects with KAFKA_PROTOCOL. Whoever
 * is done with the records before the next ones come says where they are to be inflated to.
 */
export async function readRecordSet(
  set: Buffer,
  aborted: readonly AbortedTransaction[],
  place: SetPlace,
  memoryFor?: MemoryFor,
): Promise<RecordSet> {
  const filter = abortedFilter(aborted);
  const heads: BatchHead[] = [];
  let nextOffset = place.fromOffset;
  let at = 0;
  while (at + batchLayout.records <= set.length) {
    const end = at + batchPrefixBytes + set.readInt32BE(at + batchLayout.length);
    if (end > set.length) break;
    const head = readHead(set, at, end, place);
    if (!filter.drops(head) && head.count > 0) heads.push(head);
    nextOffset = Math.max(nextOffset, head.lastOffset + 1);
    at = end;
  }
  return {
    batches: await Promise.all(heads.map((head) => inflateBatch(head, memoryFor))),
    nextOffset,
  };
}
