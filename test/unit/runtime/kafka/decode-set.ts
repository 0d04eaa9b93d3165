import type { KafkaRecord } from '../../../../runtime/kafka/record.ts';
import { recordsFrom } from '../../../../runtime/kafka/record-batch-decoder.ts';
import {
  type AbortedTransaction,
  readRecordSet,
  type SetPlace,
} from '../../../../runtime/kafka/record-set.ts';

/** The records of a set and the position behind it, as a reader gives them. */
export async function decodeRecordSet(
  set: Buffer,
  aborted: readonly AbortedTransaction[],
  place: SetPlace,
): Promise<{ readonly records: readonly KafkaRecord[]; readonly nextOffset: number }> {
  const { batches, nextOffset } = await readRecordSet(set, aborted, place);
  return { records: batches.flatMap((batch) => recordsFrom(batch, place)), nextOffset };
}
