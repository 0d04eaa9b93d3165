import { limits } from '../schemas/limits.ts';
import type { AvroNode } from '../schemas/load.ts';
import type { Topic } from '../schemas/topics.ts';
import { faultOfId } from './row-key.ts';
import { type Serde, schemaOf } from './serde.ts';
import type { WordTable } from './store/word-table.ts';
import {
  faultOfSize,
  faultOfWords,
  type RowFault,
  type TableSpec,
  type WordField,
  wordsIn,
} from './table.ts';

/** Where the key and the value of a row lie in bytes that hold both. */
export type RowPlace = {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
};

/** A row that is not what it says: of which key it is, is then not known either. */
export type NobodysRow = RowFault & { readonly nobodys: true };

/**
 * The numbers of the words that a row is found by, each once, or why nobody can read it. Its key
 * must be UTF-8.
 */
export type RowWords = (bytes: Buffer, place: RowPlace) => number[] | RowFault | NobodysRow;

const frameBytes = 5;
const continueBit = 0x80;
const lowBits = 0x7f;
const bitsPerByte = 7;

/**
 * Whether a value, framed and of a record whose first field is the id, begins with the key. False
 * may also mean that the length is written in an unusual way; it has two bytes at most here.
 */
function beginsWithKey(bytes: Buffer, { keyStart, keyEnd, valueStart }: RowPlace): boolean {
  const zigzag = (keyEnd - keyStart) * 2;
  let at = valueStart + frameBytes;
  if (zigzag < continueBit) {
    if (bytes[at] !== zigzag) return false;
    at += 1;
  } else {
    const low = (zigzag & lowBits) | continueBit;
    if (bytes[at] !== low || bytes[at + 1] !== zigzag >>> bitsPerByte) return false;
    at += 2;
  }
  for (let from = keyStart; from < keyEnd; from += 1) {
    if (bytes[from] !== bytes[at]) return false;
    at += 1;
  }
  return true;
}

/** Whether the id is what every value of the topic begins with, as a string. */
function isIdFirst(topic: Topic): boolean {
  const first = (schemaOf(topic) as AvroNode | null)?.fields?.[0];
  return first?.name === topic.keyField && first?.type === 'string';
}

/**
 * Reads the words of a table's rows. Nearly all rows are walked over as bytes; a row that is laid
 * out in another way, or is none at all, is decoded, and that decides.
 */
export function createRowWords<T extends Topic>(
  spec: TableSpec<T>,
  serde: Serde,
  words: WordTable,
): RowWords {
  const { topic } = spec;
  const fields = Object.entries<WordField | undefined>(spec.wordFields);
  const kinds = fields.flatMap(([, field]) =>
    field ? [words.kindOf(field.prefix, field.form)] : [],
  );
  const strings = serde.stringsOf(
    topic,
    fields.map(([field]) => field),
  );
  const idFirst = isIdFirst(topic);
  const { keyField } = topic;

  return (bytes, place) => {
    const { keyStart, keyEnd, valueStart, valueEnd } = place;
    const large = faultOfSize(valueEnd - valueStart);
    if (large) return large;
    const count = strings.find(bytes, valueStart, valueEnd);
    if (count >= 0 && count <= limits.followed && idFirst && beginsWithKey(bytes, place)) {
      const numbers = words.numbersIn(bytes, strings.places(), count, kinds);
      if (numbers) return numbers;
    }
    const decoded = serde.decode(topic, bytes.subarray(valueStart, valueEnd));
    if (!decoded.ok) return { code: decoded.code, reason: decoded.reason };
    const key = bytes.subarray(keyStart, keyEnd);
    const id = keyField === null ? null : (decoded.value as Record<string, unknown>)[keyField];
    if (id !== null && id !== key.toString()) return { ...faultOfId(key, topic), nobodys: true };
    return (
      faultOfWords(decoded.value, spec.wordFields) ??
      wordsIn(decoded.value, spec.wordFields).map(words.numberOf)
    );
  };
}
