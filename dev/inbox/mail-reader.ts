import { type ParsedMail, simpleParser } from 'mailparser';
import type { ArrivedMessage } from './message.ts';

export type ReadMail = Pick<ArrivedMessage, 'from' | 'subject' | 'text' | 'html' | 'headers'>;

/** Parses one mail (RFC 5322, MIME). The recipient is not read from it: the envelope knows. */
export async function readMail(source: Buffer): Promise<ReadMail> {
  const mail = await simpleParser(source, { skipTextToHtml: true, skipTextLinks: true });
  return {
    from: mail.from?.text ?? null,
    subject: mail.subject ?? null,
    text: mail.text ?? '',
    html: mail.html || null,
    headers: headersOf(mail),
  };
}

/**
 * The header map as strings. What the parser gives as text (encoded words decoded) is taken; what
 * it turns into an object (dates, content types, and List-* folded into one) is taken from the raw
 * line. A header that occurs more than once has its values on lines of their own.
 */
function headersOf({ headers, headerLines }: ParsedMail): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const { key, line } of headerLines) {
    const value = headers.get(key);
    if (typeof value === 'string') shown[key] = value;
    else if (isAddress(value)) shown[key] = value.text;
    else shown[key] = [shown[key], unfoldedValue(line)].filter(Boolean).join('\n');
  }
  return shown;
}

function isAddress(value: unknown): value is { text: string } {
  return typeof value === 'object' && value !== null && 'text' in value;
}

function unfoldedValue(line: string): string {
  const unfolded = line.replace(/\r?\n(?=[ \t])/gu, '');
  return unfolded.slice(unfolded.indexOf(':') + 1).trim();
}
