import { addresses, maxAddressBytes, maxNameBytes } from './layout';

/*
 * Where the parts of a user's row lie in its Avro bytes, as far as a notification needs them. The
 * fields are walked over in the order of `user.avsc`, up to the channels; a test compares.
 */
export let nameStart: usize = 0;
export let nameEnd: usize = 0;
/** 0: null. */
export let localeStart: usize = 0;
export let localeEnd: usize = 0;
/** A bit for each channel, in the order of the schema's symbols. */
export let channelBits: u32 = 0;

/** The bytes of `["null", "string"]` before a null and before a string. */
const nullBranch: u32 = 0;
const stringBranch: u32 = 2;
/** A length is even as a zig-zag number, and of one byte below 64, of two below 8192. */
const firstTwoByteLength: i32 = 64;
/** E-mail, phone, chat, locale, time zone: the optional strings, in their order. */
const optionalFields: usize = 5;
const localeField: usize = 3;
const addressFields: usize = 3;

/** The length or count at a place; -1 when it has more than two bytes or is negative. */
function lengthAt(at: usize): i32 {
  const low: i32 = load<u8>(at);
  if (low < 0x80) return low & 1 ? -1 : low >> 1;
  const high: i32 = load<u8>(at, 1);
  if (high >= 0x80 || low & 1) return -1;
  return ((low - 0x80) | (high << 7)) >> 1;
}

function sizeOfLength(length: i32): usize {
  return length < firstTwoByteLength ? 1 : 2;
}

/** The channels as bits, from an array that is one block of symbols or none; false for others. */
function readChannels(start: usize, limit: usize): bool {
  channelBits = 0;
  const count = lengthAt(start);
  if (count <= 0) return count == 0;
  let at = start + sizeOfLength(count);
  for (let left = count; left > 0; left--) {
    if (at >= limit) return false;
    const symbol = lengthAt(at);
    if (symbol < 0) return false;
    channelBits |= 1 << symbol;
    at += 1;
  }
  return at < limit && load<u8>(at) == 0;
}

/** Notes an optional string that is there (`start` is not 0) or null. */
function note(field: usize, start: usize, end: usize): void {
  if (field < addressFields) {
    store<u32>(addresses + field * 8, <u32>start);
    store<u32>(addresses + field * 8, <u32>end, 4);
  } else if (field == localeField) {
    localeStart = start;
    localeEnd = end;
  }
}

/**
 * Reads a user's row from `start`, behind the frame, up to `limit`. False: the bytes are not laid
 * out in the way this knows, and only the schema can tell what they mean.
 */
export function readUser(start: usize, limit: usize): bool {
  const idLength = lengthAt(start);
  if (idLength < 0) return false;
  let at = start + sizeOfLength(idLength) + idLength;
  if (at >= limit) return false;
  const nameLength = lengthAt(at);
  if (nameLength < 0 || nameLength > maxNameBytes) return false;
  nameStart = at + sizeOfLength(nameLength);
  nameEnd = nameStart + nameLength;
  at = nameEnd;
  for (let field: usize = 0; field < optionalFields; field++) {
    if (at >= limit) return false;
    const branch: u32 = load<u8>(at);
    if (branch == nullBranch) {
      at += 1;
      note(field, 0, 0);
      continue;
    }
    const length = lengthAt(at + 1);
    if (branch != stringBranch || length < 0) return false;
    if (field < addressFields && length > maxAddressBytes) return false;
    const from = at + 1 + sizeOfLength(length);
    at = from + length;
    note(field, from, at);
  }
  return at < limit && readChannels(at, limit);
}
