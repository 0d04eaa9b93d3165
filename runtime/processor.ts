import type { Source } from '../schemas/generated/records.ts';
import type { Topic, ValueOf } from '../schemas/topics.ts';
import { type ErrorCode, VestnikError } from './errors.ts';
import type { KafkaRecord, OutgoingRecord } from './kafka/record.ts';
import type { RecordSink } from './kafka/record-sink.ts';
import type { Once } from './seen-events.ts';
import type { AnyTableSpec, JoinedTable, Table, TableSpec, WordFields } from './table.ts';

/** A record of an input, read. Its key is text; keys are ids everywhere in this system. */
export type Message<T extends Topic = Topic> = {
  readonly topic: T;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: ValueOf<T>;
  /** It was set aside before and sent again on purpose. */
  readonly redriven: boolean;
};

/** A record to be written, not encoded yet. */
export type Output = {
  readonly kind: 'record';
  readonly topic: Topic;
  readonly key: string | null;
  readonly value: unknown;
  readonly partition?: number;
};

/**
 * A place in the work on one message: everything before it is done. The runtime may commit here;
 * after a crash the work on the message starts behind it (`resumeAfter`).
 */
export type CursorMark = { readonly kind: 'cursor'; readonly at: string };

/** The message itself cannot be worked on: it goes to the dead letters as it came. */
export type Refusal = {
  readonly kind: 'refusal';
  readonly code: ErrorCode;
  readonly reason: string;
  /** The record that is refused, where it is not the message but what the message was made of. */
  readonly record?: KafkaRecord;
};

export type Step = Output | CursorMark | Refusal;

/** What a processor may look at. No clock and no randomness: time comes from the message. */
export type ProcessContext<
  Tables extends Readonly<Record<string, AnyTableSpec>>,
  Globals extends Readonly<Record<string, Topic>>,
> = {
  readonly tables: {
    readonly [K in keyof Tables]: JoinedTable<ValueOf<Tables[K]['topic']>>;
  };
  readonly globals: { readonly [K in keyof Globals]: Table<ValueOf<Globals[K]>> };
  /** Where the work on this message was interrupted, or null when it starts. */
  readonly resumeAfter: string | null;
  /** How many partitions a declared topic has. */
  partitionsOf(topic: Topic): number;
};

/**
 * A faster way through one message, that writes bytes instead of making values. It must write
 * exactly what `process` would: tests hold the two equal.
 */
export type FanOut = {
  /**
   * Writes until the sink is full or nothing is left. Answers the cursor behind the last person
   * written, or null at the end.
   */
  fill(sink: RecordSink): string | null;
};

/** What a fan-out may look at: the same, and how values become bytes. */
export type FanOutContext<
  Tables extends Readonly<Record<string, AnyTableSpec>>,
  Globals extends Readonly<Record<string, Topic>>,
> = ProcessContext<Tables, Globals> & {
  /** The bytes that every value of a topic begins with: a zero and the schema id. */
  frameOf(topic: Topic): Buffer;
  /** The slow way for a single output, as the runtime does it for `process`. */
  encode(output: Output): OutgoingRecord;
};

/**
 * A processor is data: what it reads, joins and writes, and one pure function. The same value
 * runs on Kafka, in the in-memory driver of the tests, and in a replay.
 */
export type Processor = {
  readonly name: string;
  readonly inputs: readonly Topic[];
  /** Co-partitioned with the inputs: partition n is joined with partition n. */
  readonly tables: Readonly<Record<string, AnyTableSpec>>;
  /** Whole tables in every process. */
  readonly globals: Readonly<Record<string, Topic>>;
  readonly outputs: readonly Topic[];
  /** A message whose id an earlier one has, within a horizon, is left out. */
  readonly once?: Once;
  process(message: Message, context: ProcessContext<never, never>): Iterable<Step>;
  /** A faster way for the messages that it answers with a fan-out; null: use `process`. */
  fanOut?(message: Message, context: FanOutContext<never, never>): FanOut | null;
};

type Definition<
  Inputs extends readonly Topic[],
  Tables extends Readonly<Record<string, AnyTableSpec>>,
  Globals extends Readonly<Record<string, Topic>>,
> = {
  readonly name: string;
  readonly inputs: Inputs;
  readonly tables: Tables;
  readonly globals: Globals;
  readonly outputs: readonly Topic[];
  readonly once?: Once<Message<Inputs[number]>>;
  process(
    message: Message<Inputs[number]>,
    context: ProcessContext<Tables, Globals>,
  ): Iterable<Step>;
  fanOut?(message: Message<Inputs[number]>, context: FanOutContext<Tables, Globals>): FanOut | null;
};

/** A table with the fields its rows are found by; by default it is only looked up by key. */
export function indexed<T extends Topic>(
  topic: T,
  wordFields: WordFields<ValueOf<T>> = {},
): TableSpec<T> {
  return { topic, wordFields };
}

/** Declares a processor; its tables must be co-partitioned with its inputs. */
export function defineProcessor<
  const Inputs extends readonly Topic[],
  Tables extends Readonly<Record<string, AnyTableSpec>>,
  Globals extends Readonly<Record<string, Topic>>,
>(definition: Definition<Inputs, Tables, Globals>): Processor {
  const tables: readonly Topic[] = Object.values(definition.tables).map(({ topic }) => topic);
  for (const table of tables) {
    for (const input of definition.inputs) {
      const together = table.coPartition !== null && table.coPartition === input.coPartition;
      if (together && table.partitions === input.partitions) continue;
      const names = `${definition.name}: ${input.name} and ${table.name}`;
      throw new VestnikError('TOPIC_MISMATCH', `not co-partitioned in ${names}`);
    }
  }
  return definition as unknown as Processor;
}

/** A record for a topic, with the value that the topic's schema asks for. */
export function emit<T extends Topic>(
  topic: T,
  record: {
    readonly key: string | null;
    readonly value: ValueOf<T>;
    readonly partition?: number;
  },
): Output {
  return { kind: 'record', topic, ...record };
}

/** Marks that everything before this place of the message is done. */
export const cursor = (at: string): CursorMark => ({ kind: 'cursor', at });

/** Sends the message to the dead letters. */
export const refuse = (code: ErrorCode, reason: string): Refusal => ({
  kind: 'refusal',
  code,
  reason,
});

/** Where a message lies, as records name what they were made from. */
export function sourceOf({ topic, partition, offset }: Message): Source {
  return { topic: topic.name, partition, offset };
}

/** True when a message came from a topic; narrows the type of its value. */
export function isFrom<T extends Topic>(topic: T, message: Message): message is Message<T> {
  return message.topic.name === topic.name;
}
