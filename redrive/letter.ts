import { type LetterFacts, letterFacts } from '../runtime/dead-letter.ts';
import type { ErrorCode } from '../runtime/errors.ts';
import type { KafkaRecord } from '../runtime/kafka/record.ts';

/** Which letters are meant; null: all. */
export type LetterFilter = {
  readonly topic: string | null;
  readonly code: ErrorCode | null;
  /** Who set the record aside. */
  readonly process: string | null;
  /** Bounds of the time at which the letter was written, both included. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly key: string | null;
  /** One letter, by where it lies. */
  readonly place: { readonly partition: number; readonly offset: number } | null;
};

/** A record of the dead letters and what its headers say. */
export type Letter = { readonly record: KafkaRecord; readonly facts: LetterFacts };

/** A letter whose headers name a whole place. */
export type PlacedLetter = Letter & {
  readonly facts: LetterFacts & {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly timestampMs: number;
  };
};

export const letterOf = (record: KafkaRecord): Letter => ({ record, facts: letterFacts(record) });

/** True when redrive can know where the letter came from. */
export function isPlaced(letter: Letter): letter is PlacedLetter {
  const { topic, partition, offset, timestampMs } = letter.facts;
  const isPlace = partition !== null && partition >= 0 && offset !== null && offset >= 0;
  return topic !== null && isPlace && timestampMs !== null;
}

/** True when the letter is one of those that were asked for. */
export function matches({ record, facts }: Letter, filter: LetterFilter): boolean {
  if (filter.topic !== null && facts.topic !== filter.topic) return false;
  if (filter.code !== null && facts.code !== filter.code) return false;
  if (filter.process !== null && facts.process !== filter.process) return false;
  const { place } = filter;
  if (place && (record.partition !== place.partition || record.offset !== place.offset))
    return false;
  if (filter.sinceMs !== null && record.timestampMs < filter.sinceMs) return false;
  if (filter.untilMs !== null && record.timestampMs > filter.untilMs) return false;
  return filter.key === null || record.key?.toString() === filter.key;
}

/**
 * What names the record that a letter is about, in the journal: its place, and its timestamp, for
 * in a topic that was made anew another record lies there. Two letters about one record share it.
 */
export function originalOf({ facts }: PlacedLetter): string {
  return [facts.topic, facts.partition, facts.offset, facts.timestampMs].join('/');
}
