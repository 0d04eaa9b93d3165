import type { KafkaClient } from '../runtime/kafka/client.ts';
import { offsetAtTime, offsetRange } from '../runtime/kafka/offsets.ts';
import { partitionOf } from '../runtime/kafka/partitioner.ts';
import { allTopics } from '../schemas/topics.ts';
import type { PlacedLetter } from './letter.ts';
import { readSpan } from './read-topic.ts';

type Newest = { readonly offset: number; readonly timestampMs: number };

/** The newest records of the keys that letters about rows have. */
export type NewerRows = {
  /** Takes a letter into account; to be called for all of them before `read`. */
  want(letter: PlacedLetter): void;
  read(): Promise<void>;
  /** True when its key has a newer row, or tombstone, in the letter's partition or its own. */
  isSuperseded(letter: PlacedLetter): boolean;
};

const isTable = (name: string) =>
  allTopics.some((topic) => topic.name === name && topic.kind === 'table');
const wordOf = (topic: string, partition: number, key: Buffer) =>
  `${topic}/${partition}/${key.toString('latin1')}`;

/** Looks the rows up once, in the part of each partition that is younger than the letters. */
export function createNewerRows(
  kafka: KafkaClient,
  partitionsOf: (topic: string) => number | null,
): NewerRows {
  const newest = new Map<string, Newest | null>();
  const spans = new Map<
    string,
    { topic: string; partition: number; from: number; sinceMs: number }
  >();

  function look(topic: string, partition: number, bound: { from: number; sinceMs: number }): void {
    const name = `${topic}/${partition}`;
    const known = spans.get(name) ?? { topic, partition, from: Infinity, sinceMs: Infinity };
    known.from = Math.min(known.from, bound.from);
    known.sinceMs = Math.min(known.sinceMs, bound.sinceMs);
    spans.set(name, known);
  }
  function placesOf({ record, facts }: PlacedLetter) {
    const { topic, partition } = facts;
    const count = partitionsOf(topic);
    if (!isTable(topic) || count === null || record.key === null) return null;
    return { topic, key: record.key, own: partition, home: partitionOf(record.key, count), count };
  }
  async function startOf(span: {
    topic: string;
    partition: number;
    from: number;
    sinceMs: number;
  }) {
    if (!Number.isFinite(span.sinceMs)) return span.from;
    const timestampMs = Math.max(0, span.sinceMs);
    return Math.min(span.from, await offsetAtTime(kafka, { ...span, timestampMs }));
  }
  return {
    want(letter) {
      const places = placesOf(letter);
      if (!places) return;
      const { topic, key, own, home, count } = places;
      const { offset, timestampMs } = letter.facts;
      for (const partition of [own, home]) newest.set(wordOf(topic, partition, key), null);
      if (own < count) look(topic, own, { from: offset + 1, sinceMs: Infinity });
      if (home !== own) look(topic, home, { from: Infinity, sinceMs: timestampMs });
    },
    async read() {
      for (const span of spans.values()) {
        const { topic, partition } = span;
        const { low, high } = await offsetRange(kafka, topic, partition);
        const fromOffset = Math.max(low, await startOf(span));
        const part = { kafka, topic, partition, fromOffset, toOffset: high };
        for await (const { key, offset, timestampMs } of readSpan(part)) {
          const word = key === null ? '' : wordOf(topic, partition, key);
          if (newest.has(word)) newest.set(word, { offset, timestampMs });
        }
      }
    },
    isSuperseded(letter) {
      const places = placesOf(letter);
      if (!places) return false;
      const { topic, key, own, home } = places;
      const { offset, timestampMs } = letter.facts;
      const beside = newest.get(wordOf(topic, own, key));
      if (beside && beside.offset > offset) return true;
      const atHome = own === home ? null : newest.get(wordOf(topic, home, key));
      return atHome !== undefined && atHome !== null && atHome.timestampMs >= timestampMs;
    },
  };
}
