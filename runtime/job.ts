import type { Topic } from '../schemas/topics.ts';
import { deadLetter } from './dead-letter.ts';
import { VestnikError } from './errors.ts';
import { readInput } from './input-record.ts';
import type { KafkaRecord, OutgoingRecord } from './kafka/record.ts';
import type { RecordSink } from './kafka/record-sink.ts';
import type { FanOutContext, Output, ProcessContext, Processor, Step } from './processor.ts';
import type { SeenEvents } from './seen-events.ts';
import type { Serde } from './serde.ts';

/** What is needed to work on the records of an input. */
export type Work = {
  readonly processor: Processor;
  readonly topic: Topic;
  readonly context: ProcessContext<never, never>;
  readonly serde: Pick<Serde, 'encode' | 'decode' | 'frameOf'>;
  /** Ids of the records before; null when repeats are worked on like any other. */
  readonly seen?: SeenEvents | null;
};

/** Where a record stands: worked off, or to be gone on with behind a cursor. */
export type Progress = { readonly done: true } | { readonly done: false; readonly cursor: string };

/**
 * The work on one record, cut into chunks by whoever runs it. Pure but for reading the tables, so
 * the in-memory driver and Kafka cut alike.
 */
export type Job = {
  /**
   * Works until the sink is full or the record is done. Stops only at a cursor, so that what one
   * person gets is never torn apart; a sink that is full already is filled by one cursor more.
   */
  fill(sink: RecordSink): Progress;
};

const done: Progress = { done: true };
/** The work on a repeated event. */
const nothing: Job = { fill: () => done };

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

/** Runs the processor step by step. */
function stepByStep(work: Work, record: KafkaRecord, steps: Iterator<Step>): Job {
  return {
    fill(sink) {
      for (let next = steps.next(); !next.done; next = steps.next()) {
        const step = next.value;
        switch (step.kind) {
          case 'record':
            sink.add(toOutgoing(work, step));
            break;
          case 'cursor':
            if (sink.isFull()) return { done: false, cursor: step.at };
            break;
          case 'refusal':
            sink.add(deadLetter(record, { ...step, process: work.processor.name }));
            return done;
        }
      }
      return done;
    },
  };
}

/** Takes the fast way that the processor offers for this message, if it offers one. */
function fanOutOf(work: Work, message: never): Job | null {
  const { processor, serde, context } = work;
  const fanOutContext: FanOutContext<never, never> = {
    ...context,
    frameOf: (topic) => serde.frameOf(topic),
    encode: (output) => toOutgoing(work, output),
  };
  const fanOut = processor.fanOut?.(message, fanOutContext);
  if (!fanOut) return null;
  return {
    fill(sink) {
      const cursor = fanOut.fill(sink);
      return cursor === null ? done : { done: false, cursor };
    },
  };
}

/** Begins, or goes on with, the work on one record. */
export function openJob(work: Work, record: KafkaRecord): Job {
  const { processor, topic, context, serde } = work;
  const input = readInput(topic, record, { serde, process: processor.name });
  if (!input.ok) {
    return {
      fill(sink) {
        sink.add(input.letter);
        return done;
      },
    };
  }
  const { message } = input;
  if (processor.once && work.seen?.isRepeat(processor.once.idOf(message), record)) return nothing;
  const fanOut = fanOutOf(work, message as never);
  if (fanOut) return fanOut;
  return stepByStep(work, record, processor.process(message, context)[Symbol.iterator]());
}
