/** Below the 75 characters of an encoded word (RFC 2047 section 2) in base64, with its frame. */
const maxWordBytes = 45;

/** Every character of a text in encoded words (RFC 2047), none of which splits a character. */
export function encodedWords(text: string): string {
  const words = [''];
  for (const character of text) {
    const longer = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(longer) <= maxWordBytes) words[words.length - 1] = longer;
    else words.push(character);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}

/** True where a reader may take a text for encoded words and show something else. */
export const looksEncoded = (text: string) => text.includes('=?');

/** As nodemailer has a recipient. */
type Recipient = { readonly name?: string | undefined; readonly address?: string | undefined };

/** nodemailer's public encoder of header values, of which its published types do not know. */
type HeaderEncoder = {
  encodeHeaderValue?: (key: string, value: string | Recipient) => string;
};

/**
 * Has the name of a recipient encoded where it looks encoded itself. nodemailer quotes such a name,
 * as it is plain ASCII, and many readers decode it inside the quotes all the same.
 */
export function encodeLookalikeName(
  message: HeaderEncoder,
  { name = '', address = '' }: Recipient,
): void {
  const encode = message.encodeHeaderValue?.bind(message);
  if (!encode || !looksEncoded(name)) return;
  message.encodeHeaderValue = (key, value) => {
    if (key !== 'To') return encode(key, value);
    const bare = encode(key, { name: '', address }).replace(/^<|>$/gu, '');
    return `${encodedWords(name)} <${bare}>`;
  };
}
