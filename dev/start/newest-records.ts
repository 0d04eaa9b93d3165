import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { endOffsets } from '../../runtime/kafka/offsets.ts';
import { openReader } from '../../runtime/kafka/reader.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import type { Topic } from '../../schemas/topics.ts';

/** The newest record of each key of a table topic, deletions too, as it stands now. */
export async function newestRecords(
  kafka: KafkaClient,
  topic: Topic,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KafkaRecord>> {
  const newest = new Map<string, KafkaRecord>();
  const ranges = await endOffsets(kafka, topic.name);
  const partitions = ranges.map(async ({ low, high }, partition) => {
    if (low >= high) return;
    const reader = openReader({ kafka, topic: topic.name, partition, fromOffset: low, signal });
    try {
      for (let position = low; position < high; ) {
        const batch = await reader.next();
        for (const record of batch.records) newest.set(String(record.key), record);
        position = batch.nextOffset;
      }
    } finally {
      reader.close();
    }
  });
  await Promise.all(partitions);
  return newest;
}
