import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedLine, isolatedValue, oneLine, shownText } from '../../../runtime/shown-text.ts';

/** Any UTF-16 there is, halves of pairs among it. */
const anyText = fc
  .array(fc.oneof(fc.nat(0xffff), fc.nat(0x9f), fc.integer({ min: 0x2020, max: 0x2070 })))
  .map((units) => String.fromCharCode(...units));

describe('a text that is shown', () => {
  test.each([
    ['a\0b', 'a b'],
    ['a\r\nb\rc\nd', 'a\nb\nc\nd'],
    ['a\u2028b\u2029c\u0085d\ve\ff', 'a\nb\nc\nd\ne\nf'],
    ['a\tb', 'a\tb'],
    ['\u001b[31mred\u009b0m', ' [31mred 0m'],
    ['half \ud83c pair', 'half \ufffd pair'],
    ['<scr\0ipt>', '<scr ipt>'],
    ['Zoë 🎬 \u00a0 \u200d', 'Zoë 🎬 \u00a0 \u200d'],
  ])('%j is %j', (text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  test('holds no control but tabs and ends of lines, and is the same when shown again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = shownText(text);
        expect(shown).not.toMatch(/[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(shownText(shown)).toBe(shown);
        const line = oneLine(text);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|^\s|\s$/u);
        expect(oneLine(line)).toBe(line);
      }),
    );
  });
});

describe('a value within a text', () => {
  test.each([
    ['Anna', 'Anna'],
    ['שלום', 'שלום'],
    ['\u202egpj', '\u2068\u202egpj\u202c\u2069'],
    ['a\u202c\u2069b', '\u2068ab\u2069'],
    ['\u2067\u202ea\u2069b', '\u2068\u2067\u202ea\u202c\u2069b\u2069'],
    ['\u202a\u2066a\u202cb', '\u2068\u202a\u2066ab\u2069\u202c\u2069'],
    ['\u202ea\nb', '\u2068\u202ea\u202c\u2069\nb'],
  ])('%j becomes %j', (text, isolated) => {
    expect(isolatedValue(text)).toBe(isolated);
  });
});

describe('a line', () => {
  const family = '👩‍👩‍👧';
  test.each([
    ['at the bound stays', 'abcde', 'abcde'],
    ['beyond it ends in an ellipsis', 'abcdef', 'abcd…'],
    ['counts code points', '🎬🎬🎬🎬🎬', '🎬🎬🎬🎬🎬'],
    ['keeps pairs whole', '🎬🎬🎬🎬🎬🎬', '🎬🎬🎬🎬…'],
    ['keeps an accent with its letter', 'abce\u0301fg', 'abc…'],
    ['keeps what is joined', `ab${family}`, 'ab…'],
    ['keeps flags', 'abc🇷🇺🇷🇺', 'abc…'],
    ['has no space before the ellipsis', 'abc def', 'abc…'],
    ['of one endless letter is cut before it', `a${'\u0301'.repeat(9)}`, '…'],
    ['that is cut sets no direction', '\u2068\u202eabcdef\u202c\u2069', 'abcd…'],
    ['fits without directions', '\u2068\u202eabcde\u202c\u2069', 'abcde'],
  ])('%s', (_, line, bounded) => {
    expect(boundedLine(line, 5)).toBe(bounded);
  });

  test('has at most so many code points, and whole letters of the text before the ellipsis', () => {
    const letters = new Intl.Segmenter('und', { granularity: 'grapheme' });
    const lines = fc.array(fc.constantFrom('a', 'é', 'e\u0301', '🎬', family, '🇷🇺', ' ', '각'));
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 12 }), (all, max) => {
        const line = all.join('');
        const bounded = boundedLine(line, max);
        expect(Array.from(bounded).length).toBeLessThanOrEqual(max);
        if (bounded === line) return;
        const kept = bounded.slice(0, -1);
        expect(line.startsWith(kept)).toBe(true);
        const ends = [...letters.segment(line)].map(({ index }) => index);
        expect(ends).toContain(kept.length);
      }),
    );
  });
});
