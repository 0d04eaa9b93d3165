import type { Language } from '../../../runtime/config.ts';

/** The same words in both languages. */
export type Bilingual<W> = Readonly<Record<Language, W>>;

const numbers = { ru: new Intl.NumberFormat('ru'), en: new Intl.NumberFormat('en') };
const languageNames = {
  ru: new Intl.DisplayNames('ru', { type: 'language' }),
  en: new Intl.DisplayNames('en', { type: 'language' }),
};
const russianRules = new Intl.PluralRules('ru');

/** A number with its thousands apart, as the language writes it. */
export const numberIn = (language: Language, value: number): string =>
  numbers[language].format(value);

/** What a language is called by its tag; a tag that is none stays as it is. */
export function languageName(language: Language, tag: string): string {
  try {
    return languageNames[language].of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The form of a Russian noun that goes with a number: 1 запись, 2 записи, 5 записей. */
export function russianNoun(count: number, one: string, few: string, many: string): string {
  const rule = russianRules.select(count);
  return rule === 'one' ? one : rule === 'few' ? few : many;
}

/** A number and the form of a Russian noun that goes with it. */
export const russianCount = (count: number, one: string, few: string, many: string): string =>
  `${numberIn('ru', count)}\u00a0${russianNoun(count, one, few, many)}`;

/** A number and the form of an English noun that goes with it: 1 record, 2 records. */
export const englishCount = (count: number, one: string, other: string): string =>
  `${numberIn('en', count)}\u00a0${count === 1 ? one : other}`;
