import { expect, it } from 'vitest';
import { costlyLetters, sayEncoding, smsPartsOf } from '../../../rendering/sms-parts.ts';

it.each([
  ['an empty text', '', 'GSM-7', 0, 1],
  ['160 septets', 'a'.repeat(160), 'GSM-7', 160, 1],
  ['161 septets', 'a'.repeat(161), 'GSM-7', 161, 2],
  ['two full parts', 'a'.repeat(306), 'GSM-7', 306, 2],
  ['one septet more', 'a'.repeat(307), 'GSM-7', 307, 3],
  ['the extension table: two septets each', '[€]'.repeat(27), 'GSM-7', 162, 2],
  ['letters of the default alphabet beyond ASCII', 'Ångström £5 ¿Qué?', 'GSM-7', 17, 1],
  ['70 Cyrillic letters', 'я'.repeat(70), 'UCS-2', 70, 1],
  ['71 Cyrillic letters', 'я'.repeat(71), 'UCS-2', 71, 2],
  ['two full parts in Cyrillic', 'я'.repeat(134), 'UCS-2', 134, 2],
  ['one letter more', 'я'.repeat(135), 'UCS-2', 135, 3],
  ['one curly quote among ASCII', `${'a'.repeat(70)}’`, 'UCS-2', 71, 2],
  ['a backtick, which GSM-7 has not', '`', 'UCS-2', 1, 1],
  ['an emoji: two units', '🎺'.repeat(35), 'UCS-2', 70, 1],
])('%s', (_name, text, encoding, units, parts) => {
  expect(smsPartsOf(text)).toMatchObject({ encoding, units, parts });
});

it('ends no part inside a surrogate pair or an escaped character', () => {
  // 67 is odd: each part holds 33 emoji, and 67 of them need a third part that 134 units do not.
  expect(smsPartsOf('🎺'.repeat(67))).toMatchObject({ units: 134, parts: 3 });
  // So is 153: each part holds 76 braces.
  expect(smsPartsOf('{'.repeat(153))).toMatchObject({ units: 306, parts: 3 });
});

it('tells the room in a part', () => {
  expect(smsPartsOf('a').unitsPerPart).toBe(160);
  expect(smsPartsOf('a'.repeat(161)).unitsPerPart).toBe(153);
  expect(smsPartsOf('я').unitsPerPart).toBe(70);
  expect(smsPartsOf('я'.repeat(71)).unitsPerPart).toBe(67);
});

it.each([
  ['Hello', null],
  ['Привет', 'Cyrillic: one part holds 70 characters, each of several parts 67.'],
  ['It’s on', 'Because of “’” the whole text takes twice the room: 67 to 70 characters a part.'],
  ['«Брат»', 'Cyrillic and “«”, “»”: a part holds 67 to 70 characters.'],
  ['Брат’', 'Cyrillic and “’”: a part holds 67 to 70 characters.'],
])('%s: why it is written as it is', (text, expected) => {
  expect(sayEncoding(text)?.en ?? null).toBe(expected);
});

it('names each letter once, and no more than are read', () => {
  expect(costlyLetters('’ a ’ “')).toEqual(['’', '“']);
  expect(costlyLetters('абвгдеёжзийклмн')).toHaveLength(10);
});
