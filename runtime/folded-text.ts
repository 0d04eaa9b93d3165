/** As people type what they look for: without case and accents, with е for ё. Pure. */
export const foldedText = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .trim();

/** The words of a text as they are looked for, with a blank between them. Pure. */
export const foldedWords = (text: string): string =>
  foldedText(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** How many digits at its end tell a phone number: people write its beginning in many ways. */
const tellingDigits = 10;

/** The end of a phone number, by which it is looked for; null where there is no digit. Pure. */
export function phoneTail(phone: string): string | null {
  const digits = phone.replaceAll(/\D/g, '');
  return digits === '' ? null : digits.slice(-tellingDigits);
}
