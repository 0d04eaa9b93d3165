import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createWordTable,
  inForm,
  type WordForm,
  type WordTable,
} from '../../../../runtime/store/word-table.ts';

/** The number of a word that comes as bytes, in the middle of others. */
function numberOfBytes(
  table: WordTable,
  prefix: string,
  text: Buffer,
  form?: WordForm,
): number | undefined {
  const bytes = Buffer.concat([Buffer.from('before'), text, Buffer.from('after')]);
  const places = Int32Array.of(0, 6, 6 + text.length);
  return table.numbersIn(bytes, places, 1, [table.kindOf(prefix, form)])?.[0];
}

const prefix = fc.constantFrom('movie:', 'genre:', '');
const text = fc
  .oneof(fc.string({ maxLength: 9, unit: 'grapheme' }), fc.uuid(), fc.constantFrom('a', 'ab', 'b'))
  .map((each) => each.replaceAll(':', ''));

test('as strings or as bytes, equal words have one number and others another', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(prefix, text, fc.boolean())), (asked) => {
      const table = createWordTable();
      const model = new Map<string, number>();
      for (const [kind, each, asBytes] of asked) {
        const word = `${kind}${each}`;
        expect(table.find(word)).toBe(model.get(word) ?? -1);
        const bytes = Buffer.from(each);
        const number = asBytes ? numberOfBytes(table, kind, bytes) : table.numberOf(word);
        expect(number).toBe(model.get(word) ?? model.size);
        model.set(word, number ?? -1);
      }
    }),
  );
});

const forms = fc.constantFrom('NFC', 'NFD', 'NFKD' as const);
const accented = fc
  .string({ unit: fc.constantFrom('й', 'é', 'e', 'и', '\u0301', '\u0306', 'Å', 'ﬁ', '가') })
  .chain((each) => forms.map((form) => each.normalize(form)));

test('a word that is compared in NFC has one number however it is written, an id has many', () => {
  fc.assert(
    fc.property(fc.array(accented), (asked) => {
      const table = createWordTable();
      const genres = new Map<string, number>();
      const ids = new Map<string, number>();
      for (const each of asked) {
        const genre = numberOfBytes(table, 'genre:', Buffer.from(each), 'nfc') ?? -1;
        const canonical = each.normalize('NFC');
        expect(genre).toBe(genres.get(canonical) ?? genres.size + ids.size);
        genres.set(canonical, genre);
        expect(table.find(`genre:${inForm('nfc', each)}`)).toBe(genre);
        const id = numberOfBytes(table, 'movie:', Buffer.from(each)) ?? -1;
        expect(id).toBe(ids.get(each) ?? genres.size + ids.size);
        ids.set(each, id);
      }
    }),
  );
});

test('each way of writing a word is known from then on, and takes no number', () => {
  const table = createWordTable();
  const ways = Array.from({ length: 200 }, (_, index) => `й${index}`.normalize('NFD'));
  const numbers = ways.map((each) => numberOfBytes(table, 'genre:', Buffer.from(each), 'nfc'));
  expect(numbers).toEqual(ways.map((_, index) => index));
  const held = table.heldBytes();
  const again = ways.map((each) => numberOfBytes(table, 'genre:', Buffer.from(each), 'nfc'));
  expect(again).toEqual(numbers);
  expect(table.heldBytes()).toBe(held);
  expect(table.numberOf('genre:новый')).toBe(ways.length);
});

test('numbers stay when the table grows, and it says what it holds', () => {
  const table = createWordTable();
  const before = table.heldBytes();
  const words = Array.from({ length: 20_000 }, (_, index) => `movie:m${index}`);
  for (const [index, word] of words.entries()) expect(table.numberOf(word)).toBe(index);
  for (const [index, word] of words.entries()) expect(table.find(word)).toBe(index);
  expect(table.heldBytes()).toBeGreaterThan(before);
  expect(table.heldBytes()).toBeLessThan(words.length * 64);
});

test('the kind ends at the first colon', () => {
  const table = createWordTable();
  const number = numberOfBytes(table, 'movie:', Buffer.from('a:b'));
  expect(table.find('movie:a:b')).toBe(number);
  expect(table.find('movie:a')).toBe(-1);
});

test('bytes that are no UTF-8 are no word, also not the one that they would be as text', () => {
  const table = createWordTable();
  const damaged = Buffer.from([0x61, 0xff, 0xd0]);
  table.numberOf(`movie:${damaged.toString()}`);
  expect(numberOfBytes(table, 'movie:', damaged)).toBeUndefined();
});

test.each(['movie', 'a:b:', ':a'])('%s cannot begin words', (each) => {
  expect(() => createWordTable().kindOf(each)).toThrow(RangeError);
});
