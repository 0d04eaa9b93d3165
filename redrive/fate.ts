import { headersBefore } from '../runtime/dead-letter.ts';
import type { Header, OutgoingRecord } from '../runtime/kafka/record.ts';
import { isReplayed } from '../runtime/replay-mark.ts';
import { redriveHeader } from '../runtime/seen-events.ts';
import { allTopics, type Topic } from '../schemas/topics.ts';
import {
  isPlaced,
  type Letter,
  type LetterFilter,
  originalOf,
  type PlacedLetter,
} from './letter.ts';

/** Why a letter is not sent. */
export type SkipReason =
  | 'malformed'
  | 'keyless'
  | 'foreignTopic'
  | 'topicMissing'
  | 'replayed'
  | 'historyOnly'
  | 'idReused'
  | 'gaveUp'
  | 'already'
  | 'superseded'
  | 'originalGone'
  | 'tooLarge';

/** What becomes of a letter: it is to be sent, perhaps after its bytes were read, or it is not. */
export type Fate =
  | { readonly kind: 'send'; readonly letter: PlacedLetter; readonly topic: Topic }
  | { readonly kind: 'skip'; readonly letter: Letter; readonly why: SkipReason };

/** What is known before a letter is judged. */
export type Known = {
  readonly options: Pick<LetterFilter, 'code'>;
  /** Records that were sent back before, by `originalOf`. */
  readonly sent: ReadonlySet<string>;
  /** How many partitions a topic has; null: it is not there. */
  readonly partitionsOf: (topic: string) => number | null;
  /** Whether a table holds a newer row of the letter's key. */
  readonly isSuperseded: (letter: PlacedLetter, topic: Topic) => boolean;
};

/** The name that the history gives itself in letters. */
const historyProcess = 'history';

/** Why sending it back would harm or help nobody, whatever else is known. */
function harmOf({ record, facts }: Letter, topic: Topic, known: Known): SkipReason | null {
  if (facts.code === 'REPLAY_REFUSED' || isReplayed(record)) return 'replayed';
  // All others did their work on it: it would be done again, and people written to again.
  if (facts.process === historyProcess) return 'historyOnly';
  if (facts.code === 'EVENT_ID_REUSED') return 'idReused';
  const { code } = known.options;
  const toPeople = topic.kind === 'rendered' && facts.code === 'DELIVERY_GAVE_UP';
  return toPeople && code !== 'DELIVERY_GAVE_UP' ? 'gaveUp' : null;
}

/** Decides about a letter that was asked for. */
export function fateOf(letter: Letter, known: Known): Fate {
  const skip = (why: SkipReason): Fate => ({ kind: 'skip', letter, why });
  if (!isPlaced(letter)) return skip('malformed');
  const topic = allTopics.find(({ name }) => name === letter.facts.topic);
  if (!topic || topic.kind === 'raw') return skip('foreignTopic');
  const harm = harmOf(letter, topic, known);
  if (harm) return skip(harm);
  if (known.sent.has(originalOf(letter))) return skip('already');
  if (known.partitionsOf(topic.name) === null) return skip('topicMissing');
  const isRow = topic.kind === 'table';
  if (isRow && letter.record.key === null) return skip('keyless');
  if (isRow && known.isSuperseded(letter, topic)) return skip('superseded');
  return { kind: 'send', letter, topic };
}

/** The bytes of a record, as a letter has them or as they lie at its coordinates. */
export type Original = Pick<OutgoingRecord, 'key' | 'value'> & {
  readonly headers: readonly Header[];
};

/**
 * The record as it was, with the mark of a redrive. Into its own partition; a row goes where its
 * key belongs, which heals one that was misplaced, and so does what lay in a partition that is
 * gone.
 */
export function recordBack(
  letter: PlacedLetter,
  topic: Topic,
  { key, value, headers }: Original,
  partitions: number,
): OutgoingRecord {
  const { partition } = letter.facts;
  const mark: Header = [
    redriveHeader,
    Buffer.from(`${letter.record.partition}@${letter.record.offset}`),
  ];
  const kept = headersBefore(headers).filter(([name]) => name !== redriveHeader);
  const byKey = key !== null && (topic.kind === 'table' || partition >= partitions);
  return {
    topic: topic.name,
    key,
    value,
    ...(byKey ? {} : { partition: Math.min(partition, partitions - 1) }),
    headers: [...kept, mark],
  };
}
