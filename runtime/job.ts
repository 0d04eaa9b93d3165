import type { Topic } from '../schemas/topics.ts';
import { deadLetter } from './dead-letter.ts';
import { describeError, type ErrorCode, VestnikError } from './errors.ts';
import type { Health } from './health.ts';
import { readInput } from './input-record.ts';
import type { KafkaRecord, OutgoingRecord } from './kafka/record.ts';
import type { RecordSink } from './kafka/record-sink.ts';
import { openOnce } from './once.ts';
import type {
  FanOutContext,
  Message,
  Output,
  ProcessContext,
  Processor,
  Step,
} from './processor.ts';
import type { SeenEvents } from './seen-events.ts';
import type { Serde } from './serde.ts';

/** What is needed to work on the records of an input. */
export type Work = {
  readonly processor: Processor;
  readonly topic: Topic;
  readonly context: ProcessContext<never, never>;
  readonly serde: Pick<Serde, 'encode' | 'decode' | 'frameOf'>;
  /** The events before; null when repeats are worked on like any other. */
  readonly seen?: SeenEvents | null;
  /** The time, for a memory that is read everywhere. */
  readonly nowMs?: () => number;
  readonly health?: Pick<Health, 'count'>;
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

/**
 * A record must get through however little it shrinks: brokers take 1 MiB, head and framing
 * included. Larger outputs are the fate of the record that they are made of.
 */
const maxRecordBytes = 1_000_000;

/** An output that no broker would take. */
class TooLarge extends Error {}

function toOutgoing({ processor, serde }: Work, output: Output): OutgoingRecord {
  if (!processor.outputs.some(({ name }) => name === output.topic.name)) {
    const detail = `${processor.name} to ${output.topic.name}`;
    throw new VestnikError('UNDECLARED_TOPIC', detail);
  }
  const key = output.key === null ? null : Buffer.from(output.key);
  const value = output.value === null ? null : serde.encode(output.topic, output.value as never);
  const bytes = (key?.length ?? 0) + (value?.length ?? 0);
  if (bytes > maxRecordBytes) {
    throw new TooLarge(`${bytes} bytes for ${output.topic.name}, at most ${maxRecordBytes}`);
  }
  const { partition } = output;
  return {
    topic: output.topic.name,
    key,
    value,
    ...(partition === undefined ? {} : { partition }),
  };
}

/** The letter for a record whose work threw: it would throw again, so that is the record's fate. */
function letterOf({ processor }: Work, record: KafkaRecord, error: unknown): OutgoingRecord {
  // A defect of the program and not of a record: it must be seen before anything is drained.
  if (error instanceof VestnikError && error.code === 'UNDECLARED_TOPIC') throw error;
  const code: ErrorCode = error instanceof TooLarge ? 'RECORD_TOO_LARGE' : 'RECORD_FAILED';
  return deadLetter(record, { code, reason: describeError(error), process: processor.name });
}

/** The work on a record that is set aside: its letter. */
function settingAside(letter: OutgoingRecord): Job {
  return {
    fill(sink) {
      sink.add(letter);
      return done;
    },
  };
}

/** Whatever the work throws becomes a letter, behind what was written before. */
function settled(work: Work, record: KafkaRecord, fill: Job['fill']): Job {
  return {
    fill(sink) {
      try {
        return fill(sink);
      } catch (error) {
        return settingAside(letterOf(work, record, error)).fill(sink);
      }
    },
  };
}

/** Runs the processor step by step. `noted` is told of each output. */
function stepByStep(
  work: Work,
  record: KafkaRecord,
  steps: Iterator<Step>,
  noted: (output: Output) => void = () => undefined,
): Job {
  return settled(work, record, (sink) => {
    for (let next = steps.next(); !next.done; next = steps.next()) {
      const step = next.value;
      switch (step.kind) {
        case 'record':
          sink.add(toOutgoing(work, step));
          noted(step);
          break;
        case 'cursor':
          if (sink.isFull()) return { done: false, cursor: step.at };
          break;
        case 'refusal':
          sink.add(deadLetter(step.record ?? record, { ...step, process: work.processor.name }));
          return done;
      }
    }
    return done;
  });
}

/** Takes the fast way that the processor offers for this message, if it offers one. */
function fanOutOf(work: Work, record: KafkaRecord, message: Message): Job | null {
  const { processor, serde, context } = work;
  const fanOutContext: FanOutContext<never, never> = {
    ...context,
    frameOf: (topic) => serde.frameOf(topic),
    encode: (output) => toOutgoing(work, output),
  };
  const fanOut = processor.fanOut?.(message, fanOutContext);
  if (!fanOut) return null;
  return settled(work, record, (sink) => {
    const cursor = fanOut.fill(sink);
    return cursor === null ? done : { done: false, cursor };
  });
}

function open(work: Work, record: KafkaRecord): Job {
  const { processor, topic, context, serde } = work;
  const input = readInput(topic, record, { serde, process: processor.name });
  if (!input.ok) return settingAside(input.letter);
  const message = input.message as Message;
  const once = openOnce(work, message);
  switch (once.kind) {
    case 'repeat':
      work.health?.count('repeated_events', { process: processor.name, topic: topic.name });
      return nothing;
    case 'reused':
      return stepByStep(work, record, once.steps[Symbol.iterator]());
    case 'first': {
      const steps = () => processor.process(message, context)[Symbol.iterator]();
      const job =
        fanOutOf(work, record, message) ?? stepByStep(work, record, steps(), once.noteOutput);
      return once.remembering(job);
    }
  }
}

/** Begins, or goes on with, the work on one record. */
export function openJob(work: Work, record: KafkaRecord): Job {
  try {
    return open(work, record);
  } catch (error) {
    return settingAside(letterOf(work, record, error));
  }
}
