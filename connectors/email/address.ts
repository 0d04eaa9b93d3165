/** RFC 5321 section 4.5.3.1: at most 64 octets before the @, 254 in all. */
const maxLocalLength = 64;
const maxLength = 254;

/**
 * Atoms with dots between, as RFC 5322 writes them, in any script (RFC 6531). No quoted words, no
 * comments, no white space, no lists: each of them has been used to send mail to someone else.
 */
const atom = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N}-]*[\\p{L}\\p{M}\\p{N}])?';
const address = new RegExp(`^(${atom}(?:\\.${atom})*)@${label}(?:\\.${label})+$`, 'u');

/** True for one plain address and nothing else. */
export function isSingleAddress(text: string): boolean {
  const local = text.length <= maxLength ? address.exec(text)?.[1] : undefined;
  return local !== undefined && local.length <= maxLocalLength;
}

/** A name and an address, apart. */
export type Mailbox = { readonly name: string; readonly address: string };

/** Reads `Name <address>` or a bare address; null when it is neither. */
export function parseMailbox(text: string): Mailbox | null {
  const named = /^([^<>]*)<([^<>]+)>$/.exec(text.trim());
  const mailbox = named
    ? { name: named[1]?.trim() ?? '', address: named[2]?.trim() ?? '' }
    : { name: '', address: text.trim() };
  return isSingleAddress(mailbox.address) ? mailbox : null;
}
