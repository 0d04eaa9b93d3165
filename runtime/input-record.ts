import { isUtf8 } from 'node:buffer';
import type { Topic } from '../schemas/topics.ts';
import { deadLetter } from './dead-letter.ts';
import type { ErrorCode } from './errors.ts';
import type { KafkaRecord, OutgoingRecord } from './kafka/record.ts';
import type { Message } from './processor.ts';
import { redriveHeader } from './seen-events.ts';
import type { Serde } from './serde.ts';

/** What a record says, or the letter that sets it aside because nobody can read it. */
export type InputRecord<T extends Topic> =
  | { readonly ok: true; readonly message: Message<T> }
  | { readonly ok: false; readonly letter: OutgoingRecord };

/**
 * Reads a record of an input. `serde.prepare` must have seen its value. Never throws: whatever is
 * wrong with the bytes becomes a dead letter that names `process` as who found out.
 */
export function readInput<T extends Topic>(
  topic: T,
  record: KafkaRecord,
  by: { readonly serde: Pick<Serde, 'decode'>; readonly process: string },
): InputRecord<T> {
  const refused = (code: ErrorCode, reason: string): InputRecord<T> => ({
    ok: false,
    letter: deadLetter(record, { code, reason, process: by.process }),
  });
  const keyed = topic.key !== 'partition';
  if (keyed && (record.key === null || record.key.length === 0)) {
    return refused('KEY_MISSING', `the key of ${topic.name} is the ${topic.key}`);
  }
  if (record.key !== null && !isUtf8(record.key)) {
    return refused('KEY_UNREADABLE', `the key of ${topic.name} is not valid UTF-8`);
  }
  if (record.value === null) return refused('VALUE_MISSING', `a record of ${topic.name}`);
  const decoded = by.serde.decode(topic, record.value);
  if (!decoded.ok) return refused(decoded.code, decoded.reason);
  const { partition, offset, timestampMs } = record;
  const key = record.key?.toString() ?? null;
  const redriven = record.headers.some(([name]) => name === redriveHeader);
  return {
    ok: true,
    message: { topic, partition, offset, timestampMs, key, value: decoded.value, redriven },
  };
}
