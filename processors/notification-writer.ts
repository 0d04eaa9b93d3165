import { type BatchBuilder, beginRecord, endRecord } from '../runtime/kafka/batch-builder.ts';
import { idBytes } from './id-writer.ts';
import type { NotificationPlan } from './notification-plan.ts';
import type { TextPlan } from './text-plan.ts';

/** A run of bytes: from `start` up to `end`. */
export type Run = { bytes: Buffer; start: number; end: number };

/** One person's part of a notification, as bytes. */
export type PersonBytes = {
  readonly key: Run;
  readonly address: Run;
  readonly name: Run;
  /** The name as HTML; the same run as `name` when nothing in it needs escaping. */
  readonly escapedName: Run;
  offset: number;
};

const continueBit = 0x80;
const sevenBits = 0x7f;
const bitsPerByte = 7;
/** Below this a loop copies faster than a call into the engine. */
const loopCopyBytes = 40;
/** Above this a number has more bits than the engine's shifts work on. */
const maxShiftable = 2 ** 30;

/** Bytes of a number that is not negative as an Avro long. */
function longLength(value: number): number {
  let length = 1;
  for (let rest = value * 2; rest >= continueBit; rest = Math.floor(rest / continueBit)) {
    length += 1;
  }
  return length;
}

let at = 0;

function writeLong(out: Buffer, value: number): void {
  let rest = value * 2;
  while (rest >= maxShiftable) {
    out[at] = (rest % continueBit) | continueBit;
    rest = Math.floor(rest / continueBit);
    at += 1;
  }
  while (rest >= continueBit) {
    out[at] = (rest & sevenBits) | continueBit;
    rest >>>= bitsPerByte;
    at += 1;
  }
  out[at] = rest;
  at += 1;
}

function writeRun(out: Buffer, bytes: Buffer, start: number, end: number): void {
  if (end - start > loopCopyBytes) {
    bytes.copy(out, at, start, end);
    at += end - start;
    return;
  }
  for (let from = start; from < end; from += 1) {
    out[at] = bytes[from] ?? 0;
    at += 1;
  }
}

const runLength = ({ start, end }: Run) => end - start;

function writeString(out: Buffer, { bytes, start, end }: Run): void {
  writeLong(out, end - start);
  writeRun(out, bytes, start, end);
}

const nameIn = (text: TextPlan, person: PersonBytes) =>
  text.escapes ? person.escapedName : person.name;

const textLength = (text: TextPlan, person: PersonBytes) =>
  text.pieceBytes + text.names * runLength(nameIn(text, person));

function writeText(out: Buffer, text: TextPlan, person: PersonBytes): void {
  const name = nameIn(text, person);
  writeLong(out, textLength(text, person));
  for (let i = 0; i < text.pieces.length; i += 1) {
    const piece = text.pieces[i];
    if (i > 0) writeRun(out, name.bytes, name.start, name.end);
    if (piece) writeRun(out, piece, 0, piece.length);
  }
}

function lengthWith(length: number): number {
  return longLength(length) + length;
}

function valueLength(plan: NotificationPlan, person: PersonBytes): number {
  const { subject, body } = plan;
  return (
    plan.pieceBytes +
    idBytes +
    lengthWith(runLength(person.key)) +
    lengthWith(runLength(person.address)) +
    lengthWith(runLength(person.name)) +
    (subject === null ? 0 : lengthWith(textLength(subject, person))) +
    lengthWith(textLength(body, person)) +
    longLength(person.offset)
  );
}

/** Writes one notification as a record whose key is the user's id. */
export function writeNotification(
  batch: BatchBuilder,
  plan: NotificationPlan,
  person: PersonBytes,
): void {
  beginRecord(batch, person.key, valueLength(plan, person));
  const out = batch.bytes;
  at = batch.at;
  for (let i = 0; i < plan.pieces.length; i += 1) {
    const piece = plan.pieces[i];
    if (piece) writeRun(out, piece, 0, piece.length);
    switch (plan.parts[i]) {
      case 'notificationId':
        plan.writeId(person.key, out, at);
        at += idBytes;
        break;
      case 'userId':
        writeString(out, person.key);
        break;
      case 'address':
        writeString(out, person.address);
        break;
      case 'name':
        writeString(out, person.name);
        break;
      case 'subject':
        if (plan.subject) writeText(out, plan.subject, person);
        break;
      case 'body':
        writeText(out, plan.body, person);
        break;
      case 'userOffset':
        writeLong(out, person.offset);
        break;
      case undefined:
        break;
    }
  }
  batch.at = at;
  endRecord(batch);
}
