import { type Static, Type } from '@fastify/type-provider-typebox';
import { saySlow } from '../../rendering/slow-words.ts';
import { sayEncoding } from '../../rendering/sms-parts.ts';
import type { Preview } from '../templates/preview.ts';
import { ChannelName, OrNull } from './schemas.ts';

const Sms = Type.Object({
  encoding: Type.String({ description: 'GSM-7 or UCS-2.' }),
  parts: Type.Integer(),
  units: Type.Integer({ description: 'Septets of GSM-7, UTF-16 units of UCS-2.' }),
  units_per_part: Type.Integer(),
  why: OrNull(
    Type.Object(
      { ru: Type.String(), en: Type.String() },
      { description: 'Which letters make it take more room.' },
    ),
  ),
});

/** What people would see of one text. */
export const PreviewView = Type.Object({
  locale: Type.String(),
  left_out: Type.Array(Type.String(), { description: 'Names that have no value here.' }),
  slow: OrNull(
    Type.Object(
      {
        kind: Type.String(),
        construct: Type.String(),
        line: OrNull(Type.Integer()),
        message: Type.Object({ ru: Type.String(), en: Type.String() }),
      },
      { description: 'Why it is rendered person by person; null: from bytes to bytes.' },
    ),
  ),
  reason: OrNull(Type.String({ description: 'Why it cannot be rendered; then the rest is null.' })),
  channel: OrNull(ChannelName),
  subject: OrNull(Type.String()),
  html: OrNull(Type.String()),
  text: OrNull(Type.String({ description: 'As plain text: a mail’s second part, an SMS.' })),
  sms: OrNull(Sms),
  units: OrNull(Type.Integer({ description: 'Of a message: UTF-16 units, of which 4,096 fit.' })),
});

/** A preview as the API writes it. */
export function previewView(preview: Preview): Static<typeof PreviewView> {
  const { locale, leftOut, slow } = preview;
  const told = slow && {
    ...slow,
    message: { ru: saySlow(slow, 'ru'), en: saySlow(slow, 'en') },
  };
  const head = { locale, left_out: [...leftOut], slow: told };
  const none = { reason: null, channel: null, subject: null, html: null, text: null };
  const empty = { ...none, sms: null, units: null };
  if (!preview.ok) return { ...head, ...empty, reason: preview.reason };
  const { shown } = preview;
  switch (shown.channel) {
    case 'email': {
      const { channel, subject, html, text } = shown;
      return { ...head, ...empty, channel, subject, html, text };
    }
    case 'sms': {
      const { encoding, parts, units, unitsPerPart } = shown.sms;
      const why = sayEncoding(shown.text);
      const sms = { encoding, parts, units, units_per_part: unitsPerPart, why };
      return { ...head, ...empty, channel: shown.channel, text: shown.text, sms };
    }
    case 'messenger': {
      const { channel, html, text, units } = shown;
      return { ...head, ...empty, channel, html, text, units };
    }
  }
}
