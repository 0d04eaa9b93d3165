import { type KafkaClient, leadersOf } from '../runtime/kafka/client.ts';
import { openReader } from '../runtime/kafka/reader.ts';
import type { KafkaRecord } from '../runtime/kafka/record.ts';

/** Ends of partitions as a reader at read_committed sees them, in a fixed order. */
export type Ends = readonly PartitionEnd[];
export type PartitionEnd = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
};

const latest = -1;
const consumerReplicaId = -1;
/** `latest` is then the last stable offset: everything before it is committed or aborted. */
const isolationReadCommitted = 1;

/** The last stable offsets of all partitions of some topics, in one request. */
export async function committedEnds(kafka: KafkaClient, names: readonly string[]): Promise<Ends> {
  const { cluster } = kafka;
  const asked: { topic: string; partitions: { partition: number; timestamp: number }[] }[] = [];
  let nodeId = 0;
  for (const topic of names) {
    const leaders = await leadersOf(cluster, topic);
    const partitions = [...leaders.keys()].map((partition) => ({ partition, timestamp: latest }));
    nodeId = [...leaders.values()][0] ?? nodeId;
    asked.push({ topic, partitions });
  }
  // The broker of a benchmark is alone.
  const broker = await cluster.findBroker({ nodeId });
  const { responses } = await broker.listOffsets({
    replicaId: consumerReplicaId,
    isolationLevel: isolationReadCommitted,
    topics: asked,
  });
  return responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
  );
}

export const sumOf = (ends: Ends): number => ends.reduce((sum, { offset }) => sum + offset, 0);

/** Hands over the committed records between two ends, batch by batch. */
export async function readBetween(
  kafka: KafkaClient,
  from: Ends,
  to: Ends,
  take: (records: readonly KafkaRecord[]) => void | Promise<void>,
): Promise<void> {
  const { signal } = new AbortController();
  const reading = to.map(async ({ topic, partition, offset: end }) => {
    const start = from.find((each) => each.topic === topic && each.partition === partition);
    let position = start?.offset ?? 0;
    if (position >= end) return;
    const reader = openReader({ kafka, topic, partition, fromOffset: position, signal });
    while (position < end) {
      const { records, nextOffset } = await reader.next();
      await take(records.filter(({ offset }) => offset < end));
      position = nextOffset;
    }
    reader.close();
  });
  await Promise.all(reading);
}
