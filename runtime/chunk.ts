import type { Topic } from '../schemas/topics.ts';
import { deadLetter } from './dead-letter.ts';
import { VestnikError } from './errors.ts';
import type { KafkaRecord, OutgoingRecord } from './kafka/record.ts';
import type { Message, Output, ProcessContext, Processor, Step } from './processor.ts';
import type { Serde } from './serde.ts';

/** How much one transaction may hold. Whichever bound is reached first ends the chunk. */
export type ChunkLimits = { readonly maxRecords: number; readonly maxBytes: number };

/**
 * A part of the work on one record: what to write, and where the record then stands. With a
 * `cursor` the record is not finished and goes on behind it; null means that it is done.
 */
export type Chunk = {
  readonly records: readonly OutgoingRecord[];
  readonly cursor: string | null;
};

/** What is needed to work on one record of an input. */
export type Work = {
  readonly processor: Processor;
  readonly topic: Topic;
  readonly context: ProcessContext<never, never>;
  readonly serde: Pick<Serde, 'encode' | 'decode'>;
  readonly limits: ChunkLimits;
};

function toOutgoing(work: Work, output: Output): OutgoingRecord {
  const { processor, serde } = work;
  if (!processor.outputs.some(({ name }) => name === output.topic.name)) {
    const detail = `${processor.name} to ${output.topic.name}`;
    throw new VestnikError('UNDECLARED_TOPIC', detail);
  }
  return {
    topic: output.topic.name,
    key: output.key === null ? null : Buffer.from(output.key),
    value: output.value === null ? null : serde.encode(output.topic, output.value as never),
    ...(output.partition === undefined ? {} : { partition: output.partition }),
  };
}

type Read =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly letter: OutgoingRecord };

function read(work: Work, record: KafkaRecord): Read {
  const { processor, topic, serde } = work;
  const refused = (code: Parameters<typeof deadLetter>[1]['code'], reason: string): Read => ({
    ok: false,
    letter: deadLetter(record, { code, reason, process: processor.name }),
  });
  const keyed = topic.key !== 'partition';
  if (keyed && (record.key === null || record.key.length === 0)) {
    return refused('KEY_MISSING', `the key of ${topic.name} is the ${topic.key}`);
  }
  if (record.value === null) return refused('VALUE_MISSING', topic.name);
  const decoded = serde.decode(topic, record.value);
  if (!decoded.ok) return refused(decoded.code, decoded.reason);
  const { partition, offset, timestampMs } = record;
  const key = record.key?.toString() ?? null;
  return {
    ok: true,
    message: { topic, partition, offset, timestampMs, key, value: decoded.value },
  };
}

function* stepsOf(work: Work, record: KafkaRecord): Iterable<Step | OutgoingRecord> {
  const { processor, context } = work;
  const input = read(work, record);
  if (!input.ok) {
    yield input.letter;
    return;
  }
  for (const step of processor.process(input.message, context)) {
    if (step.kind === 'refusal') {
      yield deadLetter(record, { ...step, process: processor.name });
      return;
    }
    yield step;
  }
}

/**
 * Works on one record and cuts the result into chunks. A chunk ends only at a cursor, so that
 * what one person gets is never torn apart; the last one ends with the record. Pure but for
 * reading the tables, so the in-memory driver and Kafka cut alike.
 */
export function* chunksOf(work: Work, record: KafkaRecord): Generator<Chunk, void> {
  const { maxRecords, maxBytes } = work.limits;
  let records: OutgoingRecord[] = [];
  let bytes = 0;
  for (const step of stepsOf(work, record)) {
    if ('kind' in step && step.kind === 'cursor') {
      if (records.length < maxRecords && bytes < maxBytes) continue;
      yield { records, cursor: step.at };
      records = [];
      bytes = 0;
      continue;
    }
    const outgoing = 'kind' in step ? toOutgoing(work, step as Output) : step;
    records.push(outgoing);
    bytes += outgoing.value?.length ?? 0;
  }
  yield { records, cursor: null };
}
