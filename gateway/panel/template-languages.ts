import type { TemplateText } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import { languageName } from './template-preview.ts';
import type { Words } from './words/words.ts';

/** The languages that there is always a place for. */
const ourLocales = ['ru', 'en'] as const;

/** A language tag as somebody typed it, in the way that tags are written; null: it is none. */
export function languageTag(typed: string): string | null {
  const tag = typed.trim();
  if (tag === '' || tag.length > limits.localeChars) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/** A place for the text in each language: ours, those that are written, and one that is added. */
export function languageViews(
  { texts, locale }: { readonly texts: readonly TemplateText[]; readonly locale: string },
  { hasSubject, added }: { readonly hasSubject: boolean; readonly added: string | null },
  words: Words,
) {
  const more = added === null ? [] : [added];
  const locales = [...new Set([...ourLocales, ...texts.map((text) => text.locale), ...more])];
  const { templateEditor } = words;
  return locales.slice(0, limits.templateTexts).map((each, index) => {
    const text = texts.find((one) => one.locale === each);
    const name = languageName(each, words);
    return {
      index,
      locale: each,
      name,
      isDefault: each === locale,
      hasSubject,
      subject: text?.subject ?? '',
      body: text?.body ?? '',
      subjectLabel: templateEditor.subjectIn(name),
      bodyLabel: templateEditor.bodyIn(name),
    };
  });
}
