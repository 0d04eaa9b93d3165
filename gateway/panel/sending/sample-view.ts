import { sayEncoding, smsPartsOf } from '../../../rendering/sms-parts.ts';
import type { Channel } from '../../../schemas/generated/records.ts';
import type { Sample } from '../../sending/tally.ts';
import type { Words } from '../words/words.ts';

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
    frame: isSms ? null : { look: channel === 'email' ? 'mail' : 'chat', html: body },
    sms: isSms ? smsView(body, words) : null,
  };
}
