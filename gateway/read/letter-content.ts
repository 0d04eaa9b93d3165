import type { Clock } from '../../runtime/clock.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { readRecordAt } from '../../runtime/kafka/record-at.ts';
import type { Log } from '../../runtime/log.ts';
import { openSerde, type Serde } from '../../runtime/serde.ts';
import { allTopics, topics } from '../../schemas/topics.ts';
import { answerWithin } from '../http/answer-within.ts';
import type { LetterLine } from './dead-letters.ts';

/** What a dead letter holds. */
export type LetterContent =
  /** As JSON, in the words of its schema. */
  | { readonly kind: 'decoded'; readonly text: string }
  /** Why nobody can read it, and the beginning of it with a dot for what is no letter. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly text: string }
  /** It had no value, or no room for it, or the topic keeps it no more. */
  | { readonly kind: 'absent' };

/** Reads what a letter holds, from its place in the topic. Null while nobody can say. */
export type ReadLetterContent = (letter: LetterLine) => Promise<LetterContent | null>;

const readDeadlineMs = 3000;
const maxShownChars = 20_000;
const maxShownBytes = 1000;
const jsonIndent = 2;

const shown = (text: string) =>
  text.length <= maxShownChars ? text : `${text.slice(0, maxShownChars).toWellFormed()}…`;

/** Bytes as people can look at them. */
const asText = (bytes: Buffer) =>
  bytes
    .subarray(0, maxShownBytes)
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '·');

/** What the bytes of a letter say; `prepare` of the serde must have seen them. Pure but for it. */
export function contentOf(
  value: Buffer | null,
  sourceTopic: string | null,
  serde: Pick<Serde, 'decode'>,
): LetterContent {
  if (value === null) return { kind: 'absent' };
  const topic = allTopics.find(({ name, schema }) => name === sourceTopic && schema !== null);
  const unreadable = (reason: string) =>
    ({ kind: 'unreadable', reason, text: asText(value) }) as const;
  if (!topic) return unreadable(`no topic with a schema is named ${sourceTopic ?? 'so'}`);
  const decoded = serde.decode(topic, value);
  if (!decoded.ok) return unreadable(`${decoded.code}: ${decoded.reason}`);
  return { kind: 'decoded', text: shown(JSON.stringify(decoded.value, null, jsonIndent)) };
}

type Options = {
  readonly kafka: KafkaClient;
  readonly registryUrl: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Opens the schemas of all topics when the first letter is looked at: few gateways need them. */
export function openLetterContents(options: Options): ReadLetterContent {
  const { kafka, clock } = options;
  const topic = topics.deadLetters.name;
  let opened: Promise<Serde> | null = null;

  async function open(): Promise<Serde> {
    const opening = (opened ??= openSerde({ ...options, topics: allTopics }));
    try {
      return await opening;
    } catch (error) {
      opened = null;
      throw error;
    }
  }

  async function read(letter: LetterLine): Promise<LetterContent> {
    const { partition, offset } = letter;
    const record = await readRecordAt(kafka, { topic, partition, offset });
    if (!record) return { kind: 'absent' };
    const serde = await open();
    await serde.prepare([record.value]);
    return contentOf(record.value, letter.topic, serde);
  }

  return (letter) => {
    const work = read(letter).catch((error: unknown) => {
      if (error instanceof VestnikError) return null;
      throw error;
    });
    return answerWithin({ clock, deadlineMs: readDeadlineMs, work, late: null });
  };
}
