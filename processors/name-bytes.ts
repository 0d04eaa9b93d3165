/*
 * What a person's name means for a text: whether it can be copied as it is, must be escaped first,
 * or holds something that only the slow way treats right.
 */

/** `unsure`: perhaps invalid UTF-8, or white space that a subject line would lose. */
export const nameKind = { plain: 0, escaped: 1, unsure: 2 } as const;
export type NameKind = (typeof nameKind)[keyof typeof nameKind];

const space = 0x20;
const firstNonAscii = 0x80;
const deleted = 0x7f;
/** Lead bytes of the two-byte letters of Latin, Greek and Cyrillic; others are rare in names. */
const firstLetterLead = 0xc3;
const lastLetterLead = 0xd3;
const isTail = (byte: number) => (byte & 0xc0) === 0x80;

/** What Handlebars escapes in HTML, as bytes. */
const entities = new Map<number, Buffer>(
  Object.entries({
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#x27;',
    '`': '&#x60;',
    '=': '&#x3D;',
  }).map(([char, entity]) => [char.charCodeAt(0), Buffer.from(entity)]),
);
const needsEscape = new Uint8Array(256);
for (const byte of entities.keys()) needsEscape[byte] = 1;

/** Looks at a name once. */
export function kindOfName(bytes: Buffer, start: number, end: number): NameKind {
  if (start === end || bytes[start] === space || bytes[end - 1] === space) return nameKind.unsure;
  let kind: NameKind = nameKind.plain;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < firstNonAscii) {
      if (byte < space || byte === deleted) return nameKind.unsure;
      if (needsEscape[byte]) kind = nameKind.escaped;
      continue;
    }
    at += 1;
    const letter = byte >= firstLetterLead && byte <= lastLetterLead;
    if (!letter || at >= end || !isTail(bytes[at] ?? 0)) return nameKind.unsure;
  }
  return kind;
}

/** Writes a name as HTML into a buffer of at least six times its length; answers the length. */
export function escapeName(bytes: Buffer, start: number, end: number, into: Buffer): number {
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    const entity = entities.get(byte);
    if (entity) length += entity.copy(into, length);
    else {
      into[length] = byte;
      length += 1;
    }
  }
  return length;
}

/** The longest entity has six bytes. */
export const maxEscapedGrowth = 6;

/** True when all bytes are printable ASCII, as in ids and addresses. */
export function isPrintableAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < space || byte >= deleted) return false;
  }
  return true;
}
