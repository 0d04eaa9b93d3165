import { lookUp } from './language.ts';

/**
 * What a template may call beside reading values. Each is pure: the same value, language and zone
 * give the same words, on replay too, as long as the tables of ICU in Node are the same.
 */

/** Who reads: their language among those of the text, and where their clock stands. */
export type Reader = { readonly locale: string; readonly timeZone: string | null };

export const functionNames = ['url', 'plural', 'date'] as const;
export type FunctionName = (typeof functionNames)[number];

export const isFunctionName = (name: unknown): name is FunctionName =>
  functionNames.some((each) => each === name);

/** Links that a letter may hold; every other scheme (javascript, data) can run or show anything. */
export const linkSchemes = ['https', 'http', 'mailto', 'tel'] as const;
/** How much of a date is written, as Intl names it. */
export const dateStyles = ['short', 'medium', 'long', 'full'] as const;
type DateStyle = (typeof dateStyles)[number];

/** The cases of `plural`, as Intl names them (CLDR). */
export const pluralForms = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;
type PluralForm = (typeof pluralForms)[number];

/** The service speaks Russian; its readers without a zone live by the capital's clock. */
const homeLocale = 'ru';
const homeTimeZone = 'Europe/Moscow';
/** Bounds what is kept of Intl: languages × zones × styles in use, and room. */
const maxKept = 500;

function keeping<V>(make: (key: string) => V): (key: string) => V {
  const kept = new Map<string, V>();
  return (key) => {
    let value = kept.get(key);
    if (value === undefined) {
      value = make(key);
      if (kept.size >= maxKept) kept.clear();
      kept.set(key, value);
    }
    return value;
  };
}

/** A tag that Intl takes; the service's language where somebody wrote what is none. */
const intlLocale = keeping((tag): string => {
  try {
    return Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'))[0] ?? homeLocale;
  } catch {
    return homeLocale;
  }
});

const intlTimeZone = keeping((zone): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return homeTimeZone;
  }
});

const pluralRules = keeping((tag) => new Intl.PluralRules(intlLocale(tag)));

/** The cases that `plural` needs in a language: fractions may do with another one. */
export function neededForms(locale: string): readonly PluralForm[] {
  const { pluralCategories } = pluralRules(locale).resolvedOptions();
  const counted = pluralCategories.filter((form) => form !== 'other');
  return pluralCategories.includes('many') ? counted : pluralCategories;
}

function textOf(name: FunctionName, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`${name} has no value to work on`);
}

/** A link as it may stand in a letter, or an error. */
export function url(value: unknown): string {
  const text = textOf('url', value).trim();
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (!parsed) throw new Error('url got no whole link, as https://example.com/page');
  if (!linkSchemes.some((scheme) => parsed.protocol === `${scheme}:`)) {
    throw new Error(`url got a link that begins with ${parsed.protocol}`);
  }
  return parsed.href;
}

function plural(value: unknown, forms: Readonly<Record<string, unknown>>, locale: string): string {
  const text = textOf('plural', value).trim();
  const count = Number(text);
  if (text === '' || !Number.isFinite(count)) throw new Error('plural got no number');
  const form = pluralRules(locale).select(count);
  for (const each of [form, 'other', 'few', 'many']) {
    const word = forms[each];
    if (typeof word === 'string') return word;
  }
  throw new Error(`plural has no word for the case ${form}`);
}

/** A day, or a moment in UTC or with its offset from it (RFC 3339). */
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

const dateFormat = keeping((key) => {
  const [locale = homeLocale, timeZone, dateStyle] = key.split('|');
  return new Intl.DateTimeFormat(locale, {
    ...(timeZone === undefined ? {} : { timeZone }),
    dateStyle: dateStyle as DateStyle,
    calendar: 'gregory',
    numberingSystem: 'latn',
  });
});

function date(value: unknown, style: unknown, { locale, timeZone }: Reader): string {
  const text = textOf('date', value).trim();
  const isDay = dayPattern.test(text);
  const timeMs = isDay || momentPattern.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) throw new Error('date got no date');
  const wanted = dateStyles.find((each) => each === (style ?? 'long'));
  if (wanted === undefined) throw new Error('date got a style that it does not know');
  // A day is the same day everywhere.
  const zone = isDay ? 'UTC' : intlTimeZone(timeZone ?? homeTimeZone);
  return dateFormat(`${intlLocale(locale)}|${zone}|${wanted}`).format(timeMs);
}

type Options = { readonly hash: Readonly<Record<string, unknown>> };
/** As Handlebars calls them: the values, then what was written as `name=value`. */
export type TemplateFunction = (value: unknown, options: Options) => string;

/** The functions for a reader. */
export function functionsFor(reader: Reader): Readonly<Record<FunctionName, TemplateFunction>> {
  return {
    url,
    plural: (value, { hash }) => plural(value, hash, reader.locale),
    date: (value, { hash }) => date(value, hash['style'], reader),
  };
}

/**
 * The language in which a text speaks to someone: their own tag where it is the text's language,
 * for it may say more (`en-GB` of `en`), else the text's.
 */
export function spokenLocale(textLocale: string, readerLocale: string | null): string {
  const own = readerLocale !== null && lookUp(readerLocale, [{ locale: textLocale }]);
  return own ? readerLocale : textLocale;
}
