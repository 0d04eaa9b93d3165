import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWordTable, type WordTable } from '../../../../runtime/store/word-table.ts';

/** The number of a word that comes as bytes, in the middle of others. */
function numberOfBytes(table: WordTable, prefix: string, text: Buffer): number | undefined {
  const bytes = Buffer.concat([Buffer.from('before'), text, Buffer.from('after')]);
  const places = Int32Array.of(0, 6, 6 + text.length);
  return table.numbersIn(bytes, places, 1, [table.kindOf(prefix)])?.[0];
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
