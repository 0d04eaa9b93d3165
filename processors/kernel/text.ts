/*
 * What the bytes of a name or an address mean for a text: whether they can be copied as they are,
 * must be escaped first, or hold something that only the slow way treats right.
 */

const space: u32 = 0x20;
const firstNonAscii: u32 = 0x80;
const deleted: u32 = 0x7f;
/** Lead bytes of the two-byte letters of Latin, Greek and Cyrillic; others are rare in names. */
const firstLetterLead: u32 = 0xc3;
const lastLetterLead: u32 = 0xd3;

/** True when all bytes are printable ASCII, as in ids and addresses. */
export function isPrintable(start: usize, end: usize): bool {
  let at = start;
  const low = i8x16.splat(0x20);
  const span = i8x16.splat(0x5f);
  for (; at + 16 <= end; at += 16) {
    if (!i8x16.all_true(i8x16.lt_u(i8x16.sub(v128.load(at), low), span))) return false;
  }
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte < space || byte >= deleted) return false;
  }
  return true;
}

const plain: i32 = 0;
export const needsEscape: i32 = 1;
/** Perhaps invalid UTF-8, or white space that a subject line would lose. */
export const unsure: i32 = 2;

/** What Handlebars escapes in HTML: & < > " ' ` = */
function isEscaped(byte: u32): bool {
  return (
    byte == 0x26 ||
    byte == 0x3c ||
    byte == 0x3e ||
    byte == 0x22 ||
    byte == 0x27 ||
    byte == 0x60 ||
    byte == 0x3d
  );
}

/** Looks at a name once. */
export function kindOfName(start: usize, end: usize): i32 {
  if (start == end || load<u8>(start) == space || load<u8>(end - 1) == space) return unsure;
  let kind = plain;
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte < firstNonAscii) {
      if (byte < space || byte == deleted) return unsure;
      if (isEscaped(byte)) kind = needsEscape;
      continue;
    }
    at++;
    const isLetter = byte >= firstLetterLead && byte <= lastLetterLead;
    if (!isLetter || at >= end || (load<u8>(at) & 0xc0) != 0x80) return unsure;
  }
  return kind;
}

/** Writes an entity of up to eight characters; answers the place behind it. */
function entity(out: usize, characters: u64, length: usize): usize {
  store<u64>(out, characters);
  return out + length;
}

function writeEscaped(out: usize, byte: u32): usize {
  switch (byte) {
    case 0x26:
      return entity(out, 0x3b706d6126, 5); // &amp;
    case 0x3c:
      return entity(out, 0x3b746c26, 4); // &lt;
    case 0x3e:
      return entity(out, 0x3b746726, 4); // &gt;
    case 0x22:
      return entity(out, 0x3b746f757126, 6); // &quot;
    case 0x27:
      return entity(out, 0x3b3732782326, 6); // &#x27;
    case 0x60:
      return entity(out, 0x3b3036782326, 6); // &#x60;
    case 0x3d:
      return entity(out, 0x3b4433782326, 6); // &#x3D;
    default:
      store<u8>(out, byte);
      return out + 1;
  }
}

/** Writes a name as HTML into at least six times its length; answers the place behind it. */
export function escapeName(start: usize, end: usize, out: usize): usize {
  let to = out;
  for (let at = start; at < end; at++) to = writeEscaped(to, load<u8>(at));
  return to;
}

/**
 * Copies in steps of sixteen bytes, over the end of what is asked for: what is written next covers
 * it. Most runs are short, and a call into the engine would cost more than the copy.
 */
export function copy(out: usize, from: usize, length: usize): usize {
  const end = out + length;
  let to = out;
  let source = from;
  for (; to < end; to += 16) {
    v128.store(to, v128.load(source));
    source += 16;
  }
  return end;
}
