import type { Channel } from '../schemas/generated/records.ts';
import { checkTemplate } from './check-template.ts';
import { loneName, parse, type SyntaxNode } from './syntax.ts';
import type { TemplateProblem } from './template-problem.ts';

/** A text of the moment, as somebody wrote it: no HTML, whatever channel it goes to. */
export type AnnouncedText = {
  readonly locale: string;
  readonly subject: string | null;
  readonly body: string;
};

/** Words that would be read as a value, or make words of one, when they are written down again. */
export const isMistakable = (words: string): boolean =>
  words.includes('{{') || words.endsWith('\\');

function isPlain(node: SyntaxNode, names: readonly string[]): boolean {
  if (node.type === 'ContentStatement') return !isMistakable(node.value as string);
  const name = node.type === 'MustacheStatement' ? loneName(node) : null;
  return name !== null && names.includes(name);
}

type Part = Pick<TemplateProblem, 'locale' | 'part'>;

/** Each stretch of a source that holds something else than words and names. */
function* beyondNames(source: string, names: readonly string[], part: Part) {
  for (const node of parse(source) ?? []) {
    if (isPlain(node, names)) continue;
    const { start, end } = node.loc;
    const from = { line: start.line, column: start.column + 1 };
    const to = { line: end.line, column: end.column + 1 };
    yield { ...part, code: 'onlyNames', values: {}, from, to } as const;
  }
}

/** Of a function that announcements have not, the template's check would say how to write it. */
const onlyInTemplates: ReadonlySet<string> = new Set<TemplateProblem['code']>([
  'dateNeedsFunction',
  'functionUse',
  'pluralForms',
]);

function* partProblems(
  { locale, subject, body }: AnnouncedText,
  part: 'subject' | 'body',
  names: readonly string[],
): Iterable<TemplateProblem> {
  // A subject is one line, which only a mail's is checked for; a body is words, as an SMS is.
  const isSubject = part === 'subject';
  const text = isSubject ? { locale, subject, body: '.' } : { locale, subject: null, body };
  const channel = isSubject ? 'email' : 'sms';
  const source = { eventType: 'notificationRequested', channel, locale, texts: [text] } as const;
  const found = checkTemplate(source).filter(({ code }) => !onlyInTemplates.has(code));
  yield* found;
  if (found.length > 0) return;
  yield* beyondNames((isSubject ? subject : body) ?? '', names, { locale, part });
}

/**
 * All that is wrong with the texts of an announcement, at its place in what was written: by the
 * check of templates, but that nothing is in it except words and the given names.
 */
export function checkAnnouncement(announced: {
  readonly texts: readonly AnnouncedText[];
  readonly channels: readonly Channel[];
  readonly names: readonly string[];
}): readonly TemplateProblem[] {
  const { texts, channels, names } = announced;
  const isMailed = channels.includes('email');
  return texts.flatMap((text) => [
    ...(isMailed || text.subject !== null ? partProblems(text, 'subject', names) : []),
    ...partProblems(text, 'body', names),
  ]);
}
