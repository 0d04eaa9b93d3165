import type { TemplateText } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { wholeProblem } from './check-body.ts';
import type { TemplateProblem } from './template-problem.ts';

function isLanguage(locale: string): boolean {
  try {
    return locale.length <= limits.localeChars && Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}

/** What is wrong with the languages of texts: there are some, each known and there once. */
export function languageProblems(
  texts: readonly Pick<TemplateText, 'locale'>[],
): readonly TemplateProblem[] {
  if (texts.length === 0) return [wholeProblem({ locale: null, part: null }, 'noText')];
  const seen = new Set<string>();
  const problems: TemplateProblem[] = [];
  for (const { locale } of texts) {
    const tag = locale.toLowerCase();
    const where = { locale, part: null };
    if (!isLanguage(locale)) problems.push(wholeProblem(where, 'notALanguage', { locale }));
    if (seen.has(tag)) problems.push(wholeProblem(where, 'sameLanguage', { locale }));
    seen.add(tag);
  }
  return problems;
}
