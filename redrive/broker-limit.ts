import { compressFrame } from '../runtime/kafka/batch-compressor.ts';
import type { OutgoingRecord } from '../runtime/kafka/record.ts';

/** Brokers take 1 MiB (`message.max.bytes`), with the heads of the batch and of the record. */
const maxBatchBytes = 1_000_000;

/**
 * True when a broker takes the record as we write it. What another client compressed better was
 * taken once and may be too large now; an attempt would end the redrive, at each begin again.
 */
export async function fitsBroker({ key, value, headers = [] }: OutgoingRecord): Promise<boolean> {
  const beside = headers.flatMap(([name, text]) => [Buffer.from(name), text ?? Buffer.alloc(0)]);
  const bytes = Buffer.concat([key ?? Buffer.alloc(0), ...beside, value ?? Buffer.alloc(0)]);
  return bytes.length <= maxBatchBytes || (await compressFrame(bytes)).length <= maxBatchBytes;
}
