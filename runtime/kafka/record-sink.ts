import { addRecord, type BatchBuilder, createBatchBuilder } from './batch-builder.ts';
import { partitionOf } from './partitioner.ts';
import type { OutgoingRecord } from './record.ts';

/** A partition of a topic, as text and as parts. */
export type TopicPartition = { readonly topic: string; readonly partition: number };

/** The batches of one partition, in order. */
export type PartitionBatches = TopicPartition & { readonly batches: BatchBuilder[] };

/** The bounds of what one transaction holds. Whichever is reached first makes a sink full. */
export type SinkLimits = { readonly maxRecords: number; readonly maxBytes: number };

/** What one transaction writes, framed as it is added. */
export type RecordSink = {
  /** Adds a record to the partition it names, else to the one of its key, else to the first. */
  add(record: OutgoingRecord): void;
  /** The batch of a partition to which the next record is to be written; see batch-builder.ts. */
  batchOf(topic: string, partition: number): BatchBuilder;
  partitionsOf(topic: string): number;
  isFull(): boolean;
  /** How many records it holds. */
  records(): number;
  partitions(): readonly PartitionBatches[];
};

/**
 * A batch is ended here, before compression. Text shrinks to less than a quarter of it, so it stays
 * below the 1 MiB that brokers take, and a chunk has one batch for a partition: three of a third
 * of its size cost the broker three times as much. What does not shrink is cut later. The last
 * records added still fit in memory of 4 MiB, which is then used again.
 */
const maxBatchBytes = (4096 - 128) * 1024;

/** Opens an empty sink. `partitionsOf` tells how many partitions a topic has. */
export function createRecordSink(
  partitionsOf: (topic: string) => number,
  limits: SinkLimits,
): RecordSink {
  const topics = new Map<string, PartitionBatches[]>();
  const all: PartitionBatches[] = [];

  function batchOf(topic: string, partition: number): BatchBuilder {
    let places = topics.get(topic);
    if (!places) {
      places = [];
      topics.set(topic, places);
    }
    let place = places[partition];
    if (!place) {
      place = { topic, partition, batches: [createBatchBuilder()] };
      places[partition] = place;
      all.push(place);
    }
    const { batches } = place;
    const last = batches[batches.length - 1];
    if (last && last.at < maxBatchBytes) return last;
    const fresh = createBatchBuilder();
    batches.push(fresh);
    return fresh;
  }

  function sumOf(field: 'count' | 'at'): number {
    let sum = 0;
    for (let i = 0; i < all.length; i += 1) {
      const batches = all[i]?.batches ?? [];
      for (let k = 0; k < batches.length; k += 1) sum += batches[k]?.[field] ?? 0;
    }
    return sum;
  }
  const records = () => sumOf('count');

  return {
    add(record) {
      const { topic, key, value } = record;
      const count = partitionsOf(topic);
      const partition = record.partition ?? (key === null ? 0 : partitionOf(key, count));
      const size = (key?.length ?? 0) + (value?.length ?? 0);
      const batch = batchOf(topic, partition);
      const fits = batch.count === 0 || batch.at + size < maxBatchBytes;
      if (fits) return addRecord(batch, record);
      const fresh = createBatchBuilder();
      topics.get(topic)?.[partition]?.batches.push(fresh);
      return addRecord(fresh, record);
    },
    batchOf,
    partitionsOf,
    isFull: () => records() >= limits.maxRecords || sumOf('at') >= limits.maxBytes,
    records,
    partitions: () => all,
  };
}

/** The same sink for work that is to pause once it holds so many records. */
export function pausingAt(sink: RecordSink, records: number): RecordSink {
  return { ...sink, isFull: () => sink.records() >= records || sink.isFull() };
}
