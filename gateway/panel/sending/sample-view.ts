import { sayEncoding, smsPartsOf } from '../../../rendering/sms-parts.ts';
import type { Channel } from '../../../schemas/generated/records.ts';
import type { Sample } from '../../sending/tally.ts';
import type { Words } from '../words/words.ts';

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** As a reader sees it: a mail in its own colours, a message in those of a messenger. */
const styles: Readonly<Record<Exclude<Channel, 'sms'>, string>> = {
  email: 'body{margin:0;padding:12px;background:#fff;color:#151a26;font:15px/1.5 sans-serif}',
  messenger:
    'body{margin:12px;padding:10px 14px;border-radius:4px 14px 14px;background:#fff;' +
    'color:#151a26;font:15px/1.45 sans-serif;white-space:pre-wrap}html{background:#d5e3f2}',
};

/** A whole page of a text, for a frame that may do nothing. */
const frameOf = (channel: Exclude<Channel, 'sms'>, locale: string, html: string) =>
  `<!doctype html><html lang="${escaped(locale)}"><meta charset="utf-8">` +
  `<style>${styles[channel]}</style><body>${html}`;

function smsView(body: string, words: Words) {
  const { sms } = words.sending.look;
  const { parts, encoding, units, unitsPerPart } = smsPartsOf(body);
  return {
    parts: sms.parts(parts),
    size: sms.size(units, unitsPerPart * parts, encoding),
    why: sayEncoding(body)?.[words.language] ?? null,
  };
}

/** A text that needs no more room than a few lines. */
const shortChars = 400;

/** What a real recipient is going to read, as they see it. */
export function sampleView(channel: Channel, sample: Sample, words: Words) {
  const { userId, locale, subject, body } = sample;
  const isSms = channel === 'sms';
  return {
    caption: words.sending.look.sampleOf(userId, locale),
    locale,
    subject,
    text: isSms ? body : null,
    isShort: body.length < shortChars,
    frame: isSms ? null : frameOf(channel, locale, body),
    sms: isSms ? smsView(body, words) : null,
  };
}
