import type { KafkaClient } from '../runtime/kafka/client.ts';
import { openReader } from '../runtime/kafka/reader.ts';
import type { KafkaRecord } from '../runtime/kafka/record.ts';

/** A part of a partition: from an offset up to, and without, another. */
export type Span = {
  readonly kafka: KafkaClient;
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly toOffset: number;
};

/**
 * The committed records of a span. Ends by the position: a log may end in markers
 * or aborted records, which nobody is given.
 */
export async function* readSpan(span: Span): AsyncIterable<KafkaRecord> {
  const { toOffset } = span;
  if (span.fromOffset >= toOffset) return;
  const { signal } = new AbortController();
  const reader = openReader({ ...span, signal });
  try {
    for (let position = span.fromOffset; position < toOffset; ) {
      const { records, nextOffset } = await reader.next();
      yield* records.filter(({ offset }) => offset < toOffset);
      position = nextOffset;
    }
  } finally {
    reader.close();
  }
}
