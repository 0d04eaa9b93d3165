import { hashPrefix, sha1After } from '../runtime/sha1.ts';
import { notificationName, notificationNamespace } from '../schemas/ids.ts';

/** Writes the notification id of a user: 36 characters; see `notificationIdOf`. */
export type IdWriter = (
  user: { readonly bytes: Buffer; readonly start: number; readonly end: number },
  out: Buffer,
  at: number,
) => void;

/** A UUID as text. */
export const idBytes = 36;
/** The two digits of every byte. */
const digits = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''),
);
const dash = 0x2d;
/** A UUID is the first 128 of the 160 bits. */
const idWords = 4;
/** RFC 9562, section 5.5: version 5 and the variant take the place of six bits. */
const versionMask = 0xffff0fff;
const version = 0x5000;
const variantMask = 0x3fffffff;
const variant = 0x80000000;

const parse = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** A writer for all users of one event, template and channel: hashes what they share only once. */
export function createIdWriter(shared: {
  readonly eventId: string;
  readonly templateId: string;
  readonly channel: string;
}): IdWriter {
  const name = notificationName({ ...shared, userId: '' });
  const prefix = hashPrefix(Buffer.concat([parse(notificationNamespace), Buffer.from(name)]));
  return ({ bytes, start, end }, out, at) => {
    const words = sha1After(prefix, bytes, start, end);
    words[1] = ((words[1] ?? 0) & versionMask) | version;
    words[2] = ((words[2] ?? 0) & variantMask) | variant;
    let place = at;
    for (let i = 0; i < idWords; i += 1) {
      const word = words[i] ?? 0;
      // 8-4-4-4-12 digits: the second and the third word have a dash before them and inside.
      const dashed = i === 1 || i === 2;
      if (dashed) {
        out[place] = dash;
        place += 1;
      }
      for (let shift = 24; shift >= 0; shift -= 8) {
        const digit = ((word >>> shift) & 0xff) * 2;
        out[place] = digits[digit] ?? 0;
        out[place + 1] = digits[digit + 1] ?? 0;
        place += 2;
        if (dashed && shift === 16) {
          out[place] = dash;
          place += 1;
        }
      }
    }
  };
}
