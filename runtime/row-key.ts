import { isUtf8 } from 'node:buffer';
import type { Topic } from '../schemas/topics.ts';
import type { RowFault } from './table.ts';

/** Longer keys are no ids; this bounds what a row may cost beside its value. */
const maxKeyBytes = 900;
const maxAscii = 0x7f;
const magicByte = 0;
const quote = 0x22;
const frameBytes = 5;

/** True when all bytes are ASCII, so that nobody need ask whether they are text. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > maxAscii) return false;
  return true;
}

/** What a key looks like that a serializer of another kind wrote; empty when like nothing known. */
function serializerOf(key: Buffer): string {
  if (key.length > frameBytes && key[0] === magicByte) {
    const id = key.readInt32BE(1);
    return `it begins like a key of an Avro serializer, with a zero and schema id ${id}`;
  }
  const quoted = key.length > 1 && key[0] === quote && key.at(-1) === quote;
  return quoted ? 'it stands in quotes, like a key of a JSON serializer' : '';
}

/** Why a key cannot be one of the topic, whatever the value says; null when it can. */
export function faultOfKey(
  bytes: Buffer,
  start: number,
  end: number,
  { name, key }: Topic,
): RowFault | null {
  if (end <= start) return { code: 'KEY_MISSING', reason: `the key of ${name} is the ${key}` };
  // A cursor is a key as text: one that is no text would lead to another place.
  if (!isPlain(bytes, start, end) && !isUtf8(bytes.subarray(start, end))) {
    const hint = serializerOf(bytes.subarray(start, end));
    const reason = `the key of ${name} is not UTF-8${hint === '' ? '' : `; ${hint}`}`;
    return { code: 'KEY_UNREADABLE', reason };
  }
  if (end - start <= maxKeyBytes) return null;
  const reason = `the key of ${name} has more than ${maxKeyBytes} bytes`;
  return { code: 'RECORD_UNREADABLE', reason };
}

/** What is wrong with a key that is not the id in its value. Quotes neither of them. */
export function faultOfId(key: Buffer, { name, keyField }: Topic): RowFault {
  const hint = serializerOf(key);
  if (hint !== '') {
    return { code: 'KEY_UNREADABLE', reason: `the key of ${name} is not its ${keyField}; ${hint}` };
  }
  const reason = `the key of ${name} is not the ${keyField} in the value`;
  return { code: 'KEY_NOT_ID', reason };
}
