import { kafkaFailure } from './busy-coordinator.ts';
import { type KafkaClient, leaderOf } from './client.ts';
import { fetchFrom } from './fetch-request.ts';
import type { KafkaRecord } from './record.ts';
import { recordsFrom } from './record-batch-decoder.ts';
import { readRecordSet } from './record-set.ts';
import { createErrorFromCode } from './wire.ts';

/** Where a record lies. */
export type RecordAddress = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
};

/** A broker sends the batch that holds the record whole, however small this is (KIP-74). */
const oneBatch = { maxWaitMs: 0, maxBytes: 1, maxPartitionBytes: 1 } as const;
const offsetOutOfRangeCode = 1;

async function fetchOne(kafka: KafkaClient, address: RecordAddress): Promise<KafkaRecord | null> {
  const { topic, partition, offset } = address;
  const broker = await leaderOf(kafka.cluster, topic, partition);
  const position = { topic, partition, fetchOffset: offset };
  const answer = await fetchFrom(broker, [position], oneBatch);
  const [fetched] = answer.partitions;
  const errorCode = fetched?.errorCode || answer.errorCode;
  if (errorCode === offsetOutOfRangeCode) return null;
  if (errorCode !== 0) throw createErrorFromCode(errorCode);
  if (!fetched?.records) return null;
  const place = { topic, partition, fromOffset: offset };
  const { batches } = await readRecordSet(fetched.records, fetched.aborted, place);
  const records = batches.flatMap((batch) => recordsFrom(batch, place));
  return records.find((record) => record.offset === offset) ?? null;
}

/**
 * One committed record by its address, outside of the fetch that readers share: whoever asks waits
 * for no others. Null when the topic holds none there (any more). KAFKA_UNAVAILABLE or KAFKA_BUSY
 * when no broker answers; how long that takes is not bounded here.
 */
export async function readRecordAt(
  kafka: KafkaClient,
  address: RecordAddress,
): Promise<KafkaRecord | null> {
  try {
    return await fetchOne(kafka, address);
  } catch (error) {
    await kafka.cluster.refreshMetadata().catch(() => undefined);
    throw kafkaFailure(error);
  }
}
