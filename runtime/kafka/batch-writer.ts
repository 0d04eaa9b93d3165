import { leadersOf } from './client.ts';
import { type PartitionBatch, produceTo } from './produce-request.ts';
import type { OutgoingRecord } from './record.ts';
import { type PackedBatch, packBatch, releasePacked } from './record-batch-encoder.ts';
import { createRecordSink, type RecordSink, type TopicPartition } from './record-sink.ts';
import { createFrame, type RequestFrame } from './request-frame.ts';
import type { WireCluster } from './wire.ts';

/** Who writes: the numbers that InitProducerId gave. */
export type ProducerIdentity = {
  readonly transactionalId: string | null;
  readonly producerId: bigint;
  readonly producerEpoch: number;
};

/** Batches of one partition that are ready but for their sequence. */
export type PackedPartition = TopicPartition & { readonly batches: readonly PackedBatch[] };

const unbounded = { maxRecords: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };

/** Sorts records into partitions by the cluster's own counts. */
export async function sinkOf(
  cluster: WireCluster,
  records: readonly OutgoingRecord[],
): Promise<RecordSink> {
  const counts = new Map<string, number>();
  for (const { topic } of records) {
    if (!counts.has(topic)) counts.set(topic, (await leadersOf(cluster, topic)).size);
  }
  const sink = createRecordSink((topic) => counts.get(topic) ?? 1, unbounded);
  for (const record of records) sink.add(record);
  return sink;
}

/** Compresses all batches of a sink. Needs no producer, so it can be done ahead of the turn. */
export async function packSink(sink: RecordSink): Promise<readonly PackedPartition[]> {
  const packing = sink.partitions().map(async ({ topic, partition, batches }) => ({
    topic,
    partition,
    batches: (await Promise.all(batches.map(packBatch))).flat(),
  }));
  return Promise.all(packing);
}

/**
 * Writes batches of an idempotent producer and keeps the sequence of each partition. Any failure
 * leaves a sequence in doubt: the writer must then be thrown away with its producer (a sequence
 * that is used again for other records is acknowledged and not written).
 */
export function createBatchWriter(cluster: WireCluster, identity: ProducerIdentity) {
  const sequences = new Map<string, number>();
  const transactional = identity.transactionalId !== null;
  /** One for each broker: it has one request of ours at a time. */
  const frames = new Map<number, RequestFrame>();

  function frameOf(nodeId: number): RequestFrame {
    let frame = frames.get(nodeId);
    if (!frame) {
      frame = createFrame();
      frames.set(nodeId, frame);
    }
    return frame;
  }

  function numbered({ topic, partition }: TopicPartition, batch: PackedBatch): PartitionBatch {
    const name = `${topic}/${partition}`;
    const firstSequence = sequences.get(name) ?? 0;
    sequences.set(name, (firstSequence + batch.count) & 0x7fffffff);
    const origin = { ...identity, firstSequence, transactional, timestampMs: Date.now() };
    return { topic, partition, batch, origin };
  }

  /** Writes the k-th batch of every partition, one request for each broker. */
  async function writeRound(partitions: readonly PackedPartition[], round: number) {
    const leaders = new Map<number, PartitionBatch[]>();
    for (const place of partitions) {
      const packed = place.batches[round];
      if (!packed) continue;
      const nodeId = (await leadersOf(cluster, place.topic)).get(place.partition) ?? -1;
      const list = leaders.get(nodeId) ?? [];
      list.push(numbered(place, packed));
      leaders.set(nodeId, list);
    }
    const { transactionalId } = identity;
    const writes = [...leaders].map(async ([nodeId, batches]) => {
      const broker = await cluster.findBroker({ nodeId });
      await produceTo(broker, frameOf(nodeId), transactionalId, batches);
      for (const { batch } of batches) releasePacked(batch);
    });
    await Promise.all(writes);
  }

  return {
    async write(partitions: readonly PackedPartition[]): Promise<void> {
      const rounds = Math.max(0, ...partitions.map(({ batches }) => batches.length));
      for (let round = 0; round < rounds; round += 1) await writeRound(partitions, round);
    },
  };
}
