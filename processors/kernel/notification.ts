import { addresses, lengths } from './layout';
import { idBytes, writeId } from './sha1';
import { copy } from './text';
import { nameEnd, nameStart } from './user';

/*
 * Writes one notification as a record of a Kafka batch. Kafka's varints and Avro's longs are the
 * same bytes for numbers that are not negative. A plan is laid out by notification-kernel.ts.
 */
const planOpCount: usize = 4;
const planOps: usize = 8;
const planPrefix: usize = 12;
const planSubject: usize = 44;
const planBody: usize = 48;
const planMaxName: usize = 52;
const opBytes: usize = 12;
const textNames: usize = 4;
const textEscapes: usize = 8;
const textPieces: usize = 12;
const pieceBytes: usize = 8;

/** What an operation of a plan writes: bytes of the plan, or a part of the person. */
const opCopy: u32 = 0;
const opId: u32 = 1;
const opUserId: u32 = 2;
const opAddress: u32 = 3;
const opName: u32 = 4;
const opSubject: u32 = 5;
const opBody: u32 = 6;

/** The person: where the key lies, the name as HTML, and the offset of the row. */
let keyStart: usize = 0;
let keyEnd: usize = 0;
let htmlStart: usize = 0;
let htmlEnd: usize = 0;
let rowOffset: u64 = 0;

export function setPerson(key: usize, end: usize, offset: u64): void {
  keyStart = key;
  keyEnd = end;
  rowOffset = offset;
}

export function setHtmlName(start: usize, end: usize): void {
  htmlStart = start;
  htmlEnd = end;
}

/** Bytes of a number that is not negative. */
function longLength(value: u64): usize {
  return <usize>((70 - clz<u64>((value << 1) | 1)) / 7);
}

function writeLong(out: usize, value: u64): usize {
  let rest = value << 1;
  let at = out;
  for (; rest >= 0x80; rest >>= 7) {
    store<u8>(at, <u8>rest | 0x80);
    at++;
  }
  store<u8>(at, <u8>rest);
  return at + 1;
}

function withLength(length: usize): usize {
  return longLength(length) + length;
}

function textLength(text: usize): usize {
  const name = load<u32>(text, textEscapes) ? htmlEnd - htmlStart : nameEnd - nameStart;
  return <usize>load<u32>(text) + <usize>load<u32>(text, textNames) * name;
}

/** Whether the person's name fits into the subject of a plan, which is bounded. */
export function hasRoomForName(plan: usize): bool {
  return nameEnd - nameStart <= <usize>load<u32>(plan, planMaxName);
}

/** The length of the value of a plan for the person. */
export function valueLength(plan: usize, addressLength: usize): usize {
  const subject: usize = load<u32>(plan, planSubject);
  return (
    <usize>load<u32>(plan) +
    idBytes +
    withLength(keyEnd - keyStart) +
    withLength(addressLength) +
    withLength(nameEnd - nameStart) +
    (subject == 0 ? 0 : withLength(textLength(subject))) +
    withLength(textLength(load<u32>(plan, planBody))) +
    longLength(rowOffset)
  );
}

function writeRun(out: usize, start: usize, end: usize): usize {
  return copy(writeLong(out, end - start), start, end - start);
}

function writeText(out: usize, text: usize): usize {
  const escapes = load<u32>(text, textEscapes);
  const start = escapes ? htmlStart : nameStart;
  const length = (escapes ? htmlEnd : nameEnd) - start;
  let at = writeLong(out, textLength(text));
  let piece = text + textPieces;
  at = copy(at, load<u32>(piece), load<u32>(piece, 4));
  for (let left = load<u32>(text, textNames); left > 0; left--) {
    piece += pieceBytes;
    at = copy(at, start, length);
    at = copy(at, load<u32>(piece), load<u32>(piece, 4));
  }
  return at;
}

function writePart(out: usize, op: usize, plan: usize, channel: usize): usize {
  switch (load<u32>(op)) {
    case opCopy:
      return copy(out, load<u32>(op, 4), load<u32>(op, 8));
    case opId:
      writeId(plan + planPrefix, keyStart, keyEnd - keyStart, out);
      return out + idBytes;
    case opUserId:
      return writeRun(out, keyStart, keyEnd);
    case opAddress: {
      const at = addresses + channel * 8;
      return writeRun(out, load<u32>(at), load<u32>(at, 4));
    }
    case opName:
      return writeRun(out, nameStart, nameEnd);
    case opSubject:
      return writeText(out, load<u32>(plan, planSubject));
    case opBody:
      return writeText(out, load<u32>(plan, planBody));
    default:
      return writeLong(out, rowOffset);
  }
}

/** Attributes, the delta of the timestamp and the number of headers. */
const fixedBytes: usize = 3;
/** Framing, all numbers at their longest: length, attributes, two deltas, two lengths, headers. */
export const maxFramingBytes: usize = 32;

/** Writes the record of a template whose value length was noted; answers the place behind it. */
export function writeRecord(
  out: usize,
  count: u32,
  plan: usize,
  channel: usize,
  template: usize,
): usize {
  const keyLength = keyEnd - keyStart;
  const length: usize = load<u32>(lengths + template * 4);
  const content = longLength(count) + withLength(keyLength) + withLength(length);
  const body = fixedBytes + content;
  let at = writeLong(out, body);
  store<u16>(at, 0); // attributes and the delta of the timestamp
  at = writeLong(at + 2, count);
  at = writeRun(at, keyStart, keyEnd);
  at = writeLong(at, length);
  let op: usize = load<u32>(plan, planOps);
  for (let left = load<u32>(plan, planOpCount); left > 0; left--) {
    at = writePart(at, op, plan, channel);
    op += opBytes;
  }
  store<u8>(at, 0); // no headers
  return at + 1;
}
