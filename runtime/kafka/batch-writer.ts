import { leadersOf } from './client.ts';
import { partitionOf } from './partitioner.ts';
import { produceTo } from './produce-request.ts';
import type { OutgoingRecord } from './record.ts';
import { encodeRecordBatch, recordBytes } from './record-batch-encoder.ts';
import type { WireCluster } from './wire.ts';

/** Below the broker's default `max.message.bytes` of 1 MiB, with room for the batch's head. */
const maxBatchBytes = 900 * 1024;

/** A partition of a topic, as text and as parts. */
export type TopicPartition = { readonly topic: string; readonly partition: number };

/** Records of one partition, cut into batches that the broker takes. */
export type PartitionRecords = TopicPartition & {
  readonly batches: readonly (readonly OutgoingRecord[])[];
};

/** Who writes: the numbers that InitProducerId gave. */
export type ProducerIdentity = {
  readonly transactionalId: string | null;
  readonly producerId: bigint;
  readonly producerEpoch: number;
};

function cut(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const batches: OutgoingRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = recordBytes(record);
    const last = batches.at(-1);
    if (last && bytes + size <= maxBatchBytes) {
      last.push(record);
      bytes += size;
    } else {
      batches.push([record]);
      bytes = size;
    }
  }
  return batches;
}

/** Sorts records into partitions: the one they name, else the one of their key, else the first. */
export async function partitionRecords(
  cluster: WireCluster,
  records: readonly OutgoingRecord[],
): Promise<PartitionRecords[]> {
  const sorted: PartitionRecords[] = [];
  for (const [topic, list] of Map.groupBy(records, (record) => record.topic)) {
    const count = (await leadersOf(cluster, topic)).size;
    const choose = ({ key, partition }: OutgoingRecord) =>
      partition ?? (key === null ? 0 : partitionOf(key, count));
    for (const [partition, inPartition] of Map.groupBy(list, choose)) {
      sorted.push({ topic, partition, batches: cut(inPartition) });
    }
  }
  return sorted;
}

/**
 * Writes batches of an idempotent producer and keeps the sequence of each partition. Any failure
 * leaves a sequence in doubt: the writer must then be thrown away with its producer (a sequence
 * that is used again for other records is acknowledged and not written).
 */
export function createBatchWriter(cluster: WireCluster, identity: ProducerIdentity) {
  const sequences = new Map<string, number>();

  async function encodeNext(place: TopicPartition, records: readonly OutgoingRecord[]) {
    const name = `${place.topic}/${place.partition}`;
    const firstSequence = sequences.get(name) ?? 0;
    sequences.set(name, (firstSequence + records.length) & 0x7fffffff);
    const batch = await encodeRecordBatch(records, {
      ...identity,
      firstSequence,
      transactional: identity.transactionalId !== null,
      timestampMs: Date.now(),
    });
    return { topic: place.topic, partition: place.partition, batch };
  }

  /** Writes the k-th batch of every partition, one request for each broker. */
  async function writeRound(partitions: readonly PartitionRecords[], round: number) {
    const present = partitions.filter(({ batches }) => batches[round]);
    const encoded = await Promise.all(
      present.map((place) => encodeNext(place, place.batches[round] ?? [])),
    );
    const leaders = new Map<number, typeof encoded>();
    for (const batch of encoded) {
      const nodeId = (await leadersOf(cluster, batch.topic)).get(batch.partition) ?? -1;
      leaders.set(nodeId, [...(leaders.get(nodeId) ?? []), batch]);
    }
    const writes = [...leaders].map(async ([nodeId, batches]) =>
      produceTo(await cluster.findBroker({ nodeId }), identity.transactionalId, batches),
    );
    await Promise.all(writes);
  }

  return {
    async write(partitions: readonly PartitionRecords[]): Promise<void> {
      const rounds = Math.max(0, ...partitions.map(({ batches }) => batches.length));
      for (let round = 0; round < rounds; round += 1) await writeRound(partitions, round);
    },
  };
}
