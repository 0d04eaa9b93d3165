import type { Topic } from '../schemas/topics.ts';
import { readInput } from './input-record.ts';
import type { KafkaClient } from './kafka/client.ts';
import { offsetAtTime } from './kafka/offsets.ts';
import { openReader } from './kafka/reader.ts';
import type { KafkaRecord } from './kafka/record.ts';
import type { Processor } from './processor.ts';
import { createSeenEvents, type SeenEvents } from './seen-events.ts';
import type { Serde } from './serde.ts';

/**
 * Reads the input of the horizon before a record, so that a repeat is recognised also after a
 * restart. Null when the processor does not ask for it.
 */
export async function restoreSeen(
  first: KafkaRecord,
  options: {
    readonly kafka: KafkaClient;
    readonly serde: Serde;
    readonly processor: Processor;
    readonly topic: Topic;
    readonly signal: AbortSignal;
  },
): Promise<SeenEvents | null> {
  const { kafka, serde, processor, topic, signal } = options;
  if (!processor.once) return null;
  const { horizonMs, idOf } = processor.once;
  const seen = createSeenEvents(horizonMs);
  const { partition, offset: end } = first;
  const sinceMs = Math.max(0, first.timestampMs - horizonMs);
  let position = await offsetAtTime(kafka, { topic: topic.name, partition, timestampMs: sinceMs });
  if (position >= end) return seen;
  const reader = openReader({ kafka, topic: topic.name, partition, fromOffset: position, signal });
  const note = (record: KafkaRecord) => {
    const input = readInput(topic, record, { serde, process: processor.name });
    if (record.offset < end && input.ok) seen.isRepeat(idOf(input.message), record);
  };
  try {
    while (position < end) {
      const { records, nextOffset } = await reader.next();
      await serde.prepare(records.map(({ value }) => value));
      records.forEach(note);
      position = nextOffset;
    }
  } finally {
    reader.close();
  }
  return seen;
}
