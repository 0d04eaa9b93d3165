import { topics } from '../schemas/topics.ts';
import type { ErrorCode } from './errors.ts';
import type { Header, KafkaRecord, OutgoingRecord } from './kafka/record.ts';

/**
 * Names of the headers that a dead letter carries beside its own. The value and the key stay the
 * original bytes, as KIP-1034 does it, so that a redrive can send them back as they were.
 */
export const deadLetterHeaders = {
  code: 'dead-letter.code',
  reason: 'dead-letter.reason',
  process: 'dead-letter.process',
  topic: 'dead-letter.topic',
  partition: 'dead-letter.partition',
  offset: 'dead-letter.offset',
  timestamp: 'dead-letter.timestamp-ms',
} as const;

/** Why a record cannot be worked on, and who found out. */
export type DeadLetterCause = {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly process: string;
};

/** Reasons can quote a record; this bounds what they add to it. */
const maxReasonLength = 1000;

/** The record for the dead letters: the original bytes, where they came from, and why. */
export function deadLetter(record: KafkaRecord, cause: DeadLetterCause): OutgoingRecord {
  const header = (name: string, value: string): Header => [name, Buffer.from(value)];
  return {
    topic: topics.deadLetters.name,
    key: record.key,
    value: record.value,
    headers: [
      ...record.headers,
      header(deadLetterHeaders.code, cause.code),
      header(deadLetterHeaders.reason, cause.reason.slice(0, maxReasonLength)),
      header(deadLetterHeaders.process, cause.process),
      header(deadLetterHeaders.topic, record.topic),
      header(deadLetterHeaders.partition, String(record.partition)),
      header(deadLetterHeaders.offset, String(record.offset)),
      header(deadLetterHeaders.timestamp, String(record.timestampMs)),
    ],
  };
}
