import { topics } from '../schemas/topics.ts';
import { type ErrorCode, errorTable } from './errors.ts';
import type { Header, KafkaRecord, OutgoingRecord } from './kafka/record.ts';

const prefix = 'dead-letter.';

/**
 * Names of the headers that a dead letter carries beside its own. The value and the key stay the
 * original bytes, as KIP-1034 does it, so that a redrive can send them back as they were.
 */
export const deadLetterHeaders = {
  code: `${prefix}code`,
  reason: `${prefix}reason`,
  process: `${prefix}process`,
  topic: `${prefix}topic`,
  partition: `${prefix}partition`,
  offset: `${prefix}offset`,
  timestamp: `${prefix}timestamp-ms`,
  /** How many bytes of key, value and headers were left out; they lie at the coordinates. */
  leftOut: `${prefix}left-out-bytes`,
} as const;

/** Why a record cannot be worked on, and who found out. */
export type DeadLetterCause = {
  readonly code: ErrorCode;
  /** The case at hand: which field, which row. The sentence of the code is put before it. */
  readonly reason: string;
  readonly process: string;
};

/** What a dead letter says of itself. Null: the header is missing or no number. */
export type LetterFacts = {
  readonly code: string | null;
  readonly reason: string | null;
  readonly process: string | null;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: number | null;
  readonly timestampMs: number | null;
  /** Bytes that are not in the letter; zero when it is whole. */
  readonly leftOutBytes: number;
};

/** Reasons can quote a record; this bounds what they add to it, in characters. */
const maxReasonLength = 1000;
/** Brokers take 1 MiB with head and framing; the letter's own headers need some of it. */
const maxLetterBytes = 1_000_000;
const maxHeaders = 100;
/** More is no header any more, and would take the room of the value. */
const maxHeadersBytes = 64 * 1024;

const isOwn = ([name]: Header) => name.startsWith(prefix);

/** The headers that a record had before it became a letter. */
export function headersBefore(headers: readonly Header[]): Header[] {
  return headers.filter((each) => !isOwn(each));
}

function textOf(headers: readonly Header[], name: string): string | null {
  return headers.findLast(([each]) => each === name)?.[1]?.toString() ?? null;
}

function numberOf(headers: readonly Header[], name: string): number | null {
  const text = textOf(headers, name);
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Reads the headers of a letter. Never throws, whatever they hold. */
export function letterFacts({ headers = [] }: { headers?: readonly Header[] }): LetterFacts {
  return {
    code: textOf(headers, deadLetterHeaders.code),
    reason: textOf(headers, deadLetterHeaders.reason),
    process: textOf(headers, deadLetterHeaders.process),
    topic: textOf(headers, deadLetterHeaders.topic),
    partition: numberOf(headers, deadLetterHeaders.partition),
    offset: numberOf(headers, deadLetterHeaders.offset),
    timestampMs: numberOf(headers, deadLetterHeaders.timestamp),
    leftOutBytes: Math.max(0, numberOf(headers, deadLetterHeaders.leftOut) ?? 0),
  };
}

/** The sentence of the code, then the case at hand, unless that is the whole sentence already. */
function sentenceOf(code: ErrorCode, detail: string): string {
  const { message } = errorTable[code];
  if (detail === '') return message;
  return (detail.startsWith(message) ? detail : `${message} (${detail})`).slice(0, maxReasonLength);
}

/** The first place of a record: a letter about a letter speaks of what that one was about. */
function placeOf(record: KafkaRecord) {
  const { topic, partition, offset, timestampMs } = record;
  if (topic !== topics.deadLetters.name) return { topic, partition, offset, timestampMs };
  const first = letterFacts(record);
  return {
    topic: first.topic ?? topic,
    partition: first.partition ?? partition,
    offset: first.offset ?? offset,
    timestampMs: first.timestampMs ?? timestampMs,
  };
}

function headerBytes(headers: readonly Header[]): number {
  const bytesOf = ([name, value]: Header) => Buffer.byteLength(name) + (value?.length ?? 0);
  return headers.reduce((sum, header) => sum + bytesOf(header), 0);
}

/**
 * The record for the dead letters: the original bytes, where they came from, and why. What is too
 * large for the topic is left out, and a header says how many bytes lie at the coordinates. Headers
 * of a former letter are replaced, so that they do not pile up however often a record comes back.
 */
export function deadLetter(record: KafkaRecord, cause: DeadLetterCause): OutgoingRecord {
  const header = (name: string, value: string): Header => [name, Buffer.from(value)];
  const { code, process } = cause;
  const { topic, partition, offset, timestampMs } = placeOf(record);
  const headers = headersBefore(record.headers);
  const headersFit = headers.length <= maxHeaders && headerBytes(headers) <= maxHeadersBytes;
  const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + headerBytes(headers);
  const keyFits = (record.key?.length ?? 0) <= maxHeadersBytes;
  const fits = headersFit && keyFits && bytes <= maxLetterBytes;
  const already = record.topic === topics.deadLetters.name ? letterFacts(record).leftOutBytes : 0;
  const leftOut = fits ? already : Math.max(already, bytes);
  return {
    topic: topics.deadLetters.name,
    key: keyFits ? record.key : null,
    value: fits ? record.value : null,
    headers: [
      ...(headersFit ? headers : []),
      header(deadLetterHeaders.code, code),
      header(deadLetterHeaders.reason, sentenceOf(code, cause.reason)),
      header(deadLetterHeaders.process, process),
      header(deadLetterHeaders.topic, topic),
      header(deadLetterHeaders.partition, String(partition)),
      header(deadLetterHeaders.offset, String(offset)),
      header(deadLetterHeaders.timestamp, String(timestampMs)),
      ...(leftOut > 0 ? [header(deadLetterHeaders.leftOut, String(leftOut))] : []),
    ],
  };
}
