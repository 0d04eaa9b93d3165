const singleLetterAtEnd = /(^|-)[^-]$/;

/** A tag as tags are compared: in one case (RFC 5646, 2.1.1), and as its writer meant it. */
function comparable(tag: string): string {
  // Java, POSIX and forms write `en_US` and ` en `; refused, they would give Russian to all.
  return tag.trim().replaceAll('_', '-').toLowerCase();
}

/**
 * Whether the steps down from a wanted tag come by another one. The steps are the beginnings of
 * the wanted tag, so comparing beginnings finds the same without making them: a tag of thousands of
 * subtags costs no more than its length. No step ends in a single letter, see `lookUp`.
 */
function comesBy(wanted: string, tag: string): boolean {
  if (tag === '') return false;
  return wanted === tag || (wanted.startsWith(`${tag}-`) && !singleLetterAtEnd.test(tag));
}

/**
 * The text in a wanted language by the look-up of RFC 4647, section 3.4: `zh-Hant-TW`, else
 * `zh-Hant`, else `zh`; a single letter, which only introduces what follows it, goes together with
 * that. Case and blanks around a tag make no difference, and `_` is taken for `-`. Of texts whose
 * tags are the same, the first one. Null when there is none, or no language is named.
 */
export function lookUp<Text extends { readonly locale: string }>(
  locale: string,
  texts: readonly Text[],
): Text | null {
  const wanted = comparable(locale);
  let found: Text | null = null;
  let foundChars = 0;
  for (const text of texts) {
    const tag = comparable(text.locale);
    if (tag.length <= foundChars || !comesBy(wanted, tag)) continue;
    found = text;
    foundChars = tag.length;
  }
  return found;
}

/** Whether a tag is English of any kind: `en`, `EN_us`; not `enm`, which is another language. */
export function isEnglish(locale: string): boolean {
  return comesBy(comparable(locale), 'en');
}
