import { type BatchBuilder, beginRecord, endRecord } from '../runtime/kafka/batch-builder.ts';
import { idBytes } from './id-writer.ts';
import type { NotificationPlan, Part } from './notification-plan.ts';
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

/** Each of these writes at a place and answers the place behind. */
function writeLong(out: Buffer, start: number, value: number): number {
  let at = start;
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
  return at + 1;
}

function writeRun(out: Buffer, at: number, { bytes, start, end }: Run): number {
  const length = end - start;
  if (length > loopCopyBytes) bytes.copy(out, at, start, end);
  else for (let i = 0; i < length; i += 1) out[at + i] = bytes[start + i] ?? 0;
  return at + length;
}

function writePiece(out: Buffer, at: number, piece: Buffer | undefined): number {
  if (piece === undefined) return at;
  const { length } = piece;
  if (length > loopCopyBytes) out.set(piece, at);
  else for (let i = 0; i < length; i += 1) out[at + i] = piece[i] ?? 0;
  return at + length;
}

const runLength = ({ start, end }: Run) => end - start;

function writeString(out: Buffer, at: number, run: Run): number {
  return writeRun(out, writeLong(out, at, runLength(run)), run);
}

const nameIn = (text: TextPlan, person: PersonBytes) =>
  text.escapes ? person.escapedName : person.name;

const textLength = (text: TextPlan, person: PersonBytes) =>
  text.pieceBytes + text.names * runLength(nameIn(text, person));

function writeText(out: Buffer, start: number, text: TextPlan, person: PersonBytes): number {
  const name = nameIn(text, person);
  const { pieces } = text;
  let at = writeLong(out, start, textLength(text, person));
  at = writePiece(out, at, pieces[0]);
  for (let i = 1; i < pieces.length; i += 1) {
    at = writePiece(out, writeRun(out, at, name), pieces[i]);
  }
  return at;
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

function writePart(
  out: Buffer,
  at: number,
  part: Part,
  { plan, person }: { readonly plan: NotificationPlan; readonly person: PersonBytes },
): number {
  switch (part) {
    case 'notificationId':
      plan.writeId(person.key, out, at);
      return at + idBytes;
    case 'userId':
      return writeString(out, at, person.key);
    case 'address':
      return writeString(out, at, person.address);
    case 'name':
      return writeString(out, at, person.name);
    case 'subject':
      return plan.subject === null ? at : writeText(out, at, plan.subject, person);
    case 'body':
      return writeText(out, at, plan.body, person);
    case 'userOffset':
      return writeLong(out, at, person.offset);
  }
}

/** Writes one notification as a record whose key is the user's id. */
export function writeNotification(
  batch: BatchBuilder,
  plan: NotificationPlan,
  person: PersonBytes,
): void {
  beginRecord(batch, person.key, valueLength(plan, person));
  const { bytes } = batch;
  const { pieces, parts } = plan;
  const whose = { plan, person };
  let at = writePiece(bytes, batch.at, pieces[0]);
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i];
    if (part !== undefined) at = writePart(bytes, at, part, whose);
    at = writePiece(bytes, at, pieces[i + 1]);
  }
  batch.at = at;
  endRecord(batch);
}
