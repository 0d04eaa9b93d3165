import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnglish, lookUp } from '../../../rendering/language.ts';
import { sharedValues } from '../../../rendering/values.ts';
import type { NotifyCommand } from '../../../schemas/generated/records.ts';

const found = (wanted: string, ...written: string[]) =>
  lookUp(
    wanted,
    written.map((locale) => ({ locale })),
  )?.locale ?? null;

test('the steps of the RFC’s own example, one after the other', () => {
  const steps = ['zh-Hant-CN-x-private1-private2', 'zh-Hant-CN-x-private1', 'zh-Hant-CN'];
  const all = [...steps, 'zh-Hant', 'zh'].toReversed();
  for (; all.length > 0; all.pop()) expect(found(steps[0] ?? '', ...all)).toBe(all.at(-1));
});

test.each([
  ['zh-Hant-CN-x-private1', 'zh-Hant-CN-x'],
  ['en-a-bbb-x-ccc', 'en-a'],
  ['i-klingon', 'i'],
  ['english', 'en'],
  ['en', 'en-GB'],
  ['', ''],
  [' ', ''],
  ['-', ''],
])('%j does not get a text in %j', (wanted, written) => {
  expect(found(wanted, written)).toBeNull();
});

test.each([
  ['ZH_hant_tw', ['zh', 'zh-Hant'], 'zh-Hant'],
  [' sr-Latn-RS\n', ['sr_LATN ', 'sr'], 'sr_LATN '],
  ['en-GB', ['EN', 'en'], 'EN'],
  ['x-ours', ['x-Ours'], 'x-Ours'],
])('%j of %j gets %j', (wanted, written, expected) => {
  expect(found(wanted, ...written)).toBe(expected);
});

/** The look-up in the words of the RFC: take from the end until a text is there. */
function stepByStep(wanted: string, written: readonly string[]): string | null {
  const subtags = wanted.split('-');
  while (subtags.length > 0) {
    const step = subtags.join('-');
    if (written.includes(step)) return step;
    subtags.pop();
    while (subtags.at(-1)?.length === 1) subtags.pop();
  }
  return null;
}

test('it finds what taking subtag after subtag from the end finds', () => {
  const subtag = fc.constantFrom('zh', 'zhx', 'hant', 'x', 'a', '1');
  const tag = fc.array(subtag, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('-'));
  let hits = 0;
  fc.assert(
    fc.property(tag, fc.array(tag, { maxLength: 12 }), fc.nat(24), (wanted, others, cut) => {
      const written = [...others, wanted.slice(0, cut)].filter((each) => each !== '');
      const expected = stepByStep(wanted, written);
      expect(found(wanted, ...written)).toBe(expected);
      if (expected !== null) hits += 1;
    }),
    { numRuns: 2000 },
  );
  expect(hits).toBeGreaterThan(100);
});

test.each(['en', 'EN', 'En-gb', 'en_US', ' en '])('%j is English', (locale) => {
  expect(isEnglish(locale)).toBe(true);
});

test.each(['enm', 'ru', '', 'ru-en'])('%j is not English', (locale) => {
  expect(isEnglish(locale)).toBe(false);
});

test.each([
  ['EN', 'Brother', 'Brother'],
  [' en_us', 'Brother', 'Brother'],
  ['enm', 'Brother', 'Брат'],
  ['ru', 'Brother', 'Брат'],
  ['en', null, 'Брат'],
  ['en', '', 'Брат'],
  ['en', ' \n', 'Брат'],
])('in %j, a movie with the English title %j is called %j', (locale, englishTitle, expected) => {
  const rest = { id: 'm1', genres: [], year: 1997, description: null };
  const command: Pick<NotifyCommand, 'movie' | 'params' | 'occurredAt'> = {
    movie: { ...rest, title: 'Брат', englishTitle },
    params: [],
    occurredAt: 0,
  };
  expect(sharedValues(command, locale)['movie_title']).toBe(expected);
});
