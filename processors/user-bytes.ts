/**
 * Where the parts of a user's row lie in its Avro bytes, as far as a notification needs them. One
 * object is used again for every row. A part that is null starts at -1.
 */
export type UserBytes = {
  nameStart: number;
  nameEnd: number;
  emailStart: number;
  emailEnd: number;
  phoneStart: number;
  phoneEnd: number;
  chatStart: number;
  chatEnd: number;
  localeStart: number;
  localeEnd: number;
  /** A bit for each channel, in the order of the schema's symbols. */
  channels: number;
};

/** The fields that `readUser` walks over, in the order of `user.avsc`; a test compares them. */
export const userFieldsRead = [
  'id',
  'fullName',
  'email',
  'phone',
  'telegramChatId',
  'locale',
  'timeZone',
  'channels',
] as const;

const absent = -1;
const continueBit = 0x80;
const bitsPerByte = 7;
/** The bytes of `["null", "string"]` before a null and before a string. */
const nullBranch = 0;
const stringBranch = 2;
/** A length is even as a zig-zag number, and of one byte below 64, of two below 8192. */
const firstTwoByteLength = 64;

/** The length or count at a place; -1 when it has more than two bytes or is negative. */
function lengthAt(bytes: Buffer, at: number): number {
  const low = bytes[at] ?? continueBit;
  if (low < continueBit) return low & 1 ? absent : low >>> 1;
  const high = bytes[at + 1] ?? continueBit;
  if (high >= continueBit || low & 1) return absent;
  return ((low - continueBit) | (high << bitsPerByte)) >>> 1;
}

const sizeOf = (length: number) => (length < firstTwoByteLength ? 1 : 2);

/** The channels as bits, from an array that is one block of symbols or none; -1 for any other. */
function channelsAt(bytes: Buffer, start: number, limit: number): number {
  const count = lengthAt(bytes, start);
  if (count <= 0) return count;
  let channels = 0;
  let at = start + sizeOf(count);
  for (let left = count; left > 0; left -= 1) {
    const symbol = lengthAt(bytes, at);
    if (symbol < 0 || at >= limit) return absent;
    channels |= 1 << symbol;
    at += 1;
  }
  return bytes[at] === 0 ? channels : absent;
}

/** The start of an optional string, `limit` when it is null, -1 when it is neither. */
function optionalAt(bytes: Buffer, at: number, limit: number): number {
  const branch = bytes[at];
  if (branch === nullBranch) return limit;
  if (branch !== stringBranch) return absent;
  const length = lengthAt(bytes, at + 1);
  return length < 0 ? absent : at + 1 + sizeOf(length);
}

/**
 * Reads a user's row from `start`, behind the frame, up to `limit`. False: the bytes are not laid
 * out in the way this knows, and only the schema can tell what they mean.
 */
export function readUser(bytes: Buffer, start: number, limit: number, into: UserBytes): boolean {
  const idLength = lengthAt(bytes, start);
  if (idLength < 0) return false;
  let at = start + sizeOf(idLength) + idLength;
  const nameLength = lengthAt(bytes, at);
  if (nameLength < 0) return false;
  into.nameStart = at + sizeOf(nameLength);
  into.nameEnd = into.nameStart + nameLength;
  at = into.nameEnd;
  for (let field = 0; field < optionalFields; field += 1) {
    const from = optionalAt(bytes, at, limit);
    if (from < 0) return false;
    const present = from < limit;
    const end = present ? from + lengthAt(bytes, at + 1) : at + 1;
    pointAt(into, field, present ? from : absent, end);
    at = end;
    if (at >= limit) return false;
  }
  into.channels = channelsAt(bytes, at, limit);
  return into.channels >= 0;
}

/** E-mail, phone, chat, locale, time zone: the optional strings, in their order. */
const optionalFields = 5;

function pointAt(into: UserBytes, field: number, start: number, end: number): void {
  switch (field) {
    case 0:
      into.emailStart = start;
      into.emailEnd = end;
      return;
    case 1:
      into.phoneStart = start;
      into.phoneEnd = end;
      return;
    case 2:
      into.chatStart = start;
      into.chatEnd = end;
      return;
    case 3:
      into.localeStart = start;
      into.localeEnd = end;
  }
}

export function createUserBytes(): UserBytes {
  return {
    nameStart: 0,
    nameEnd: 0,
    emailStart: absent,
    emailEnd: 0,
    phoneStart: absent,
    phoneEnd: 0,
    chatStart: absent,
    chatEnd: 0,
    localeStart: absent,
    localeEnd: 0,
    channels: 0,
  };
}
