import { type KafkaClient, leaderOf } from '../../runtime/kafka/client.ts';
import { fetchFrom } from '../../runtime/kafka/fetch-request.ts';
import { endOffsets } from '../../runtime/kafka/offsets.ts';
import { openReader } from '../../runtime/kafka/reader.ts';

const limits = { maxWaitMs: 10, maxBytes: 16 * 1024 * 1024, maxPartitionBytes: 1024 * 1024 };

/** How many aborted transactions the broker reports for a topic. */
export async function abortedTransactions(kafka: KafkaClient, topic: string): Promise<number> {
  const found = new Set<string>();
  const { signal } = new AbortController();
  for (const [partition, { low, high }] of (await endOffsets(kafka, topic)).entries()) {
    const reader = openReader({ kafka, topic, partition, fromOffset: low, signal });
    for (let position = low; position < high; ) {
      const broker = await leaderOf(kafka.cluster, topic, partition);
      const place = { topic, partition, fetchOffset: position };
      const { partitions } = await fetchFrom(broker, [place], limits);
      for (const { producerId, firstOffset } of partitions[0]?.aborted ?? []) {
        found.add(`${partition}/${producerId}/${firstOffset}`);
      }
      position = (await reader.next()).nextOffset;
    }
    reader.close();
  }
  return found.size;
}
