import segments from 'sms-segments-calculator';

/** How a phone network cuts a text into SMS. */
export type SmsParts = {
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Septets of GSM-7, or UTF-16 units of UCS-2. */
  readonly units: number;
  readonly unitsPerPart: number;
  readonly parts: number;
};

// One SMS carries 140 octets: 160 septets or 70 UTF-16 units. A text of several parts gives 6
// octets of each to the header that joins them (3GPP TS 23.040 §9.2.3.24.1).
const room = {
  'GSM-7': { single: 160, joined: 153, unitBits: 7 },
  'UCS-2': { single: 70, joined: 67, unitBits: 16 },
} as const;

/**
 * How many parts a phone network makes of a text. One character outside GSM-7 (any Cyrillic
 * letter, a curly quote) turns the whole text to UCS-2. A part never ends inside a character, so
 * parts may be more than `units / unitsPerPart`.
 */
export function smsPartsOf(text: string): SmsParts {
  const counted = new segments.SegmentedMessage(text);
  const { encodingName: encoding } = counted;
  const { single, joined, unitBits } = room[encoding];
  const parts = Math.max(1, counted.segmentsCount);
  const units = counted.messageSize / unitBits;
  return { encoding, units, unitsPerPart: parts > 1 ? joined : single, parts };
}

/** Nobody reads more of them. */
const maxLetters = 10;

/** The characters because of which a text is written in UCS-2, each once; none for GSM-7. */
export function costlyLetters(text: string): readonly string[] {
  return [...new Set(new segments.SegmentedMessage(text).getNonGsmCharacters())].slice(
    0,
    maxLetters,
  );
}

/** In plain words why an SMS costs as many parts as it does; null where nothing is to be said. */
export function sayEncoding(text: string): { readonly ru: string; readonly en: string } | null {
  const letters = costlyLetters(text);
  const [first] = letters;
  if (first === undefined) return null;
  const isCyrillic = letters.every((letter) => /\p{Script=Cyrillic}/u.test(letter));
  if (isCyrillic) {
    return {
      ru: 'Кириллица: в одну часть помещается 70 знаков, в каждую из нескольких — 67.',
      en: 'Cyrillic: one part holds 70 characters, each of several parts 67.',
    };
  }
  const others = letters.filter((letter) => !/\p{Script=Cyrillic}/u.test(letter));
  const list = others.map((letter) => `«${letter}»`).join(', ');
  const quoted = others.map((letter) => `“${letter}”`).join(', ');
  const mixed = others.length < letters.length;
  return {
    ru: mixed
      ? `Кириллица и ${list}: в часть помещается 67–70 знаков.`
      : `Из-за ${list} весь текст занимает вдвое больше места: 67–70 знаков в части.`,
    en: mixed
      ? `Cyrillic and ${quoted}: a part holds 67 to 70 characters.`
      : `Because of ${quoted} the whole text takes twice the room: 67 to 70 characters a part.`,
  };
}
