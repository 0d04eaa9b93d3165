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
const sevenBits = 0x7f;
const bitsPerByte = 7;
/** A length of four varint bytes is 128 MiB: beyond any record. */
const maxShift = 21;
/** Union branches of `["null", "string"]`. */
const nullBranch = 0;
const stringBranch = 1;

let at = 0;
let end = 0;
let damaged = false;

/** An Avro long that counts something: small and not negative. */
function readCount(bytes: Buffer): number {
  let value = 0;
  for (let shift = 0; shift <= maxShift; shift += bitsPerByte) {
    const byte = bytes[at] ?? 0;
    at += 1;
    value |= (byte & sevenBits) << shift;
    if (byte >= continueBit) continue;
    if (value & 1) damaged = true;
    return value >>> 1;
  }
  damaged = true;
  return 0;
}

/** Moves over a string and leaves its end in `end`; answers its start. */
function readString(bytes: Buffer): number {
  const length = readCount(bytes);
  const start = at;
  at += length;
  end = at;
  return start;
}

function readOptional(bytes: Buffer): number {
  const branch = readCount(bytes);
  if (branch === nullBranch) return absent;
  if (branch !== stringBranch) damaged = true;
  return readString(bytes);
}

/** A set of enum symbols as bits; an array written in blocks of known size is left to the slow way. */
function readChannels(bytes: Buffer): number {
  let channels = 0;
  for (let count = readCount(bytes); count > 0 && !damaged; count = readCount(bytes)) {
    for (let left = count; left > 0 && at < bytes.length; left -= 1) {
      channels |= 1 << readCount(bytes);
    }
  }
  return channels;
}

/**
 * Reads a user's row from `start`, behind the frame, up to `limit`. False: the bytes are not laid
 * out in the way this knows, and only the schema can tell what they mean.
 */
export function readUser(bytes: Buffer, start: number, limit: number, into: UserBytes): boolean {
  at = start;
  damaged = false;
  readString(bytes); // the id, which is the key as well
  into.nameStart = readString(bytes);
  into.nameEnd = end;
  into.emailStart = readOptional(bytes);
  into.emailEnd = end;
  into.phoneStart = readOptional(bytes);
  into.phoneEnd = end;
  into.chatStart = readOptional(bytes);
  into.chatEnd = end;
  into.localeStart = readOptional(bytes);
  into.localeEnd = end;
  readOptional(bytes); // time zone
  into.channels = readChannels(bytes);
  return !damaged && at <= limit;
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
