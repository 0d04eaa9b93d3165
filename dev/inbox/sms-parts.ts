import type { SmsParts } from './message.ts';

// 3GPP TS 23.038 §6.2.1: the default alphabet, and the extension table reached by an escape, so
// that each of its characters takes two septets.
const basicAlphabet = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const extensionTable = new Set('\f^{}\\[~]|€');

// One SMS carries 140 octets: 160 septets or 70 UTF-16 units. A text of several parts gives 6
// octets of each to the header that joins them (3GPP TS 23.040 §9.2.3.24.1).
const limits = {
  'GSM-7': { single: 160, joined: 153 },
  'UCS-2': { single: 70, joined: 67 },
} as const;

const ESCAPED_SEPTETS = 2;

/**
 * How many parts a phone network makes of `text`. One character outside GSM-7 (any Cyrillic
 * letter, a curly quote) turns the whole text to UCS-2. A part never ends inside an escaped
 * character or a surrogate pair, so parts may be more than `units / unitsPerPart`.
 */
export function smsPartsOf(text: string): SmsParts {
  // Code points, not graphemes: that is what an SMS is encoded from.
  const characters = Array.from(text);
  const encoding = characters.every(isGsm7) ? 'GSM-7' : 'UCS-2';
  const costs = characters.map((character) =>
    encoding === 'GSM-7' ? septetsOf(character) : character.length,
  );
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  const { single, joined } = limits[encoding];
  if (units <= single) return { encoding, units, unitsPerPart: single, parts: 1 };
  return { encoding, units, unitsPerPart: joined, parts: partsFilledBy(costs, joined) };
}

function isGsm7(character: string): boolean {
  return basicAlphabet.has(character) || extensionTable.has(character);
}

function septetsOf(character: string): number {
  return extensionTable.has(character) ? ESCAPED_SEPTETS : 1;
}

function partsFilledBy(costs: readonly number[], unitsPerPart: number): number {
  let parts = 1;
  let filled = 0;
  for (const cost of costs) {
    if (filled + cost > unitsPerPart) {
      parts += 1;
      filled = 0;
    }
    filled += cost;
  }
  return parts;
}
