import { diffLines, diffWordsWithSpace } from 'diff';
import type { TemplateText } from '../../schemas/generated/records.ts';

/** A stretch of words that both texts have, or one of them. */
export type WordDiff = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string };

/** Lines that both texts have, or one of them; `words`: what in them differs from the others. */
export type LineDiff =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }
  | { readonly kind: 'changed'; readonly words: readonly WordDiff[] };

/** How a text in one language differs; null stands for a text that is not there. */
export type LanguageDiff = {
  readonly locale: string;
  readonly subject: readonly LineDiff[];
  readonly body: readonly LineDiff[];
};

/** What a comparison may cost, in changes: texts with more of them have nothing in common. */
const maxEditLength = 1500;

type Part = { readonly value: string; readonly added: boolean; readonly removed: boolean };

const kindOf = ({ added, removed }: Part) => (added ? 'added' : removed ? 'removed' : 'same');

function wordsOf(before: string, after: string): readonly WordDiff[] {
  const parts = diffWordsWithSpace(before, after, { maxEditLength });
  if (parts) return parts.map((part) => ({ kind: kindOf(part), text: part.value }));
  return [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ];
}

/** How two texts differ, by lines, and within lines that were changed by words. */
function diffText(before: string, after: string): readonly LineDiff[] {
  const whole: Part[] = [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
  const parts = (diffLines(before, after, { maxEditLength }) ?? whole).filter(
    ({ value }) => value !== '',
  );
  const lines: LineDiff[] = [];
  for (const [index, part] of parts.entries()) {
    const former = parts[index - 1];
    if (part.added && former?.removed) {
      lines.pop();
      lines.push({ kind: 'changed', words: wordsOf(former.value, part.value) });
    } else lines.push({ kind: kindOf(part), text: part.value });
  }
  return lines;
}

/** How the texts of two versions differ, language by language, in the order of the later one. */
export function diffTexts(
  before: readonly TemplateText[],
  after: readonly TemplateText[],
): readonly LanguageDiff[] {
  const locales = new Set([...after, ...before].map(({ locale }) => locale));
  return [...locales].map((locale) => {
    const [from, to] = [before, after].map((texts) => texts.find((text) => text.locale === locale));
    return {
      locale,
      subject: diffText(from?.subject ?? '', to?.subject ?? ''),
      body: diffText(from?.body ?? '', to?.body ?? ''),
    };
  });
}
