import { isUtf8 } from 'node:buffer';
import { letterFacts } from '../../runtime/dead-letter.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import type { Redrive } from '../../schemas/generated/records.ts';
import { beginning, id, type Mapped, nearestTime, time, toRow } from './cells.ts';
import type { Place } from './rows.ts';

export type DeadLetterRow = {
  readonly partition: number;
  readonly generation: number;
  readonly record_offset: number;
  readonly code: string | null;
  readonly reason: string | null;
  readonly process: string | null;
  readonly source_topic: string | null;
  readonly source_partition: number | null;
  readonly source_offset: number | null;
  readonly source_timestamp_ms: number | null;
  readonly key: string | null;
  readonly left_out_bytes: number;
  readonly written_at: string;
};

export type RedriveRow = {
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
  readonly source_timestamp_ms: number;
  readonly redriven_at: string;
};

/** Our own texts are shorter; anybody may write headers. */
const maxReasonChars = 2000;
const maxNameChars = 250;
/** What is searched for must fit into an index, in any alphabet: 4 bytes a character at most. */
const maxKeyChars = 225;

/** A key as a person reads it; one that is no text as Kafka's tools show it, in hexadecimal. */
function keyText(key: Buffer | null): string | null {
  if (key === null) return null;
  return beginning(isUtf8(key) ? key.toString() : `0x${key.toString('hex')}`, maxKeyChars);
}

/**
 * The row of a dead letter. Every letter has one, whatever its headers hold: one that could not be
 * shown would have to become a letter itself, and so on for ever.
 */
export function deadLetterRow(record: KafkaRecord, place: Place): Mapped<DeadLetterRow> {
  const facts = letterFacts(record);
  return toRow({
    partition: place.partition,
    generation: place.generation,
    record_offset: place.offset,
    code: beginning(facts.code, maxNameChars),
    reason: beginning(facts.reason, maxReasonChars),
    process: beginning(facts.process, maxNameChars),
    source_topic: beginning(facts.topic, maxNameChars),
    source_partition: facts.partition,
    source_offset: facts.offset,
    source_timestamp_ms: facts.timestampMs,
    key: keyText(record.key),
    left_out_bytes: facts.leftOutBytes,
    written_at: nearestTime(record.timestampMs),
  });
}

export function redriveRow(value: Redrive): Mapped<RedriveRow> {
  return toRow({
    source_topic: id(value.original.topic),
    source_partition: value.original.partition,
    source_offset: value.original.offset,
    source_timestamp_ms: value.originalAt,
    redriven_at: time(value.redrivenAt),
  });
}
