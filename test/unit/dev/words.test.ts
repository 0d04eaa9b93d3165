import { expect, test } from 'vitest';
import type { StepState } from '../../../dev/infra/progress.ts';
import { describeState, secondsIn, stepNames, titleOf, wordsFor } from '../../../dev/words.ts';
import { languageOf } from '../../../runtime/config.ts';

test.each([
  [{ LANG: 'ru_RU.UTF-8' }, 'ru'],
  [{ LANG: 'en_GB.UTF-8' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{}, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'ru_RU.UTF-8' }, 'ru'],
  [{ LANG: 'ru_RU.UTF-8', LC_MESSAGES: 'C' }, 'en'],
  [{ LANG: 'ru_RU.UTF-8', LC_ALL: '' }, 'ru'],
] as const)('%j speaks %s', (env, language) => {
  expect(languageOf(env)).toBe(language);
});

const cyrillic = /[а-яё]/i;
/** Texts that are one proper name in both languages. */
const names = ['Kafka', 'PostgreSQL'];

function saidBy(text: unknown): string {
  if (typeof text === 'string') return text;
  if (typeof text === 'function') return String(text(['a', 'b'], 2));
  return Object.values(text as Record<string, string>).join(' ');
}

test('every text is in both languages', () => {
  const [english, russian] = [wordsFor('en'), wordsFor('ru')];
  expect(Object.keys(russian)).toEqual(Object.keys(english));
  for (const [name, text] of Object.entries(russian)) {
    const said = saidBy(text);
    expect({ name, russian: cyrillic.test(said) || names.includes(said) }).toEqual({
      name,
      russian: true,
    });
  }
  for (const text of Object.values(english)) expect(saidBy(text)).not.toMatch(cyrillic);
});

const states: readonly StepState[] = [
  { kind: 'starting' },
  { kind: 'ready' },
  { kind: 'fetching', what: 'Apache Kafka 4.1.1' },
  { kind: 'downloaded', mb: 112, atMostMb: 180 },
  { kind: 'assembling', what: 'Apicurio Registry' },
  { kind: 'preparing' },
  { kind: 'waitingForOther' },
  { kind: 'endedLeftovers', names: ['kafka', 'postgres'] },
  { kind: 'usingAddresses' },
];

test.each(states)('what a step is doing has words in both languages: $kind', (state) => {
  expect(describeState('ru', state)).toMatch(cyrillic);
  expect(describeState('en', state)).not.toMatch(cyrillic);
});

test('how far a download is stands in the words', () => {
  const state = { kind: 'downloaded', mb: 112, atMostMb: 180 } as const;
  expect(describeState('en', state)).toBe('downloaded 112 of at most 180 MB');
  expect(describeState('ru', state)).toBe('скачано 112 из не более чем 180 МБ');
});

test('every step has a title, and an unknown one its name', () => {
  for (const step of stepNames) expect(titleOf('ru', step)).not.toBe(step);
  expect(titleOf('en', 'something')).toBe('something');
});

test('seconds are written as each language writes them', () => {
  expect([secondsIn('en', 2.34), secondsIn('ru', 2.34)]).toEqual(['2.3 s', '2,3 с']);
});
