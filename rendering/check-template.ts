import { oneLine, shownText } from '../runtime/shown-text.ts';
import type { Channel, EventType, TemplateText } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { checkSource, type SourceKind } from './check-source.ts';
import { linesOf } from './source-place.ts';
import { childrenOf, loneName, parse, type SyntaxNode } from './syntax.ts';
import type { ProblemCode, ProblemValues, TemplateProblem } from './template-problem.ts';
import { valueNamesFor } from './value-names.ts';

/** What is written of a template before it is published; its params are derived. */
export type TemplateSource = {
  readonly eventType: EventType;
  readonly channel: Channel;
  /** The language of those whose own has no text. */
  readonly locale: string;
  readonly texts: readonly TemplateText[];
};

const start = { line: 1, column: 1 };
type Part = Pick<TemplateProblem, 'locale' | 'part'>;

const whole = (part: Part, code: ProblemCode, values: ProblemValues = {}): TemplateProblem => ({
  ...part,
  code,
  values,
  from: start,
  to: start,
});

const bodyKinds = {
  email: 'mail',
  sms: 'plain',
  messenger: 'telegram',
} as const satisfies Readonly<Record<Channel, SourceKind>>;

function* sourceProblems(
  source: string,
  kind: SourceKind,
  part: Part & { readonly locale: string },
  { eventType }: TemplateSource,
): Iterable<TemplateProblem> {
  const { placeOf } = linesOf(source);
  const allowed = { names: valueNamesFor(eventType), locale: part.locale, parts: noParts };
  for (const { start: from, end, code, values } of checkSource(source, kind, allowed)) {
    yield { ...part, code, values, from: placeOf(from), to: placeOf(end) };
  }
}

const noParts: ReadonlySet<string> = new Set();

function* subjectProblems(
  { locale, subject }: TemplateText,
  template: TemplateSource,
): Iterable<TemplateProblem> {
  const part = { locale, part: 'subject' } as const;
  if (template.channel !== 'email') {
    if (subject !== null) yield whole(part, 'subjectNotUsed');
    return;
  }
  if (subject === null || oneLine(subject) === '') return yield whole(part, 'subjectMissing');
  if (subject.length > limits.templateSubjectChars) {
    return yield whole(part, 'tooLong', { most: String(limits.templateSubjectChars) });
  }
  yield* sourceProblems(subject, 'subject', part, template);
}

function isLanguage(locale: string): boolean {
  try {
    return locale.length <= limits.localeChars && Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}

function* languageProblems({ locale, texts }: TemplateSource): Iterable<TemplateProblem> {
  const none = { locale: null, part: null };
  if (texts.length === 0) return yield whole(none, 'noText');
  const seen = new Set<string>();
  for (const text of texts) {
    const tag = text.locale.toLowerCase();
    const part = { locale: text.locale, part: null };
    if (!isLanguage(text.locale)) yield whole(part, 'notALanguage', { locale: text.locale });
    if (seen.has(tag)) yield whole(part, 'sameLanguage', { locale: text.locale });
    seen.add(tag);
  }
  if (!seen.has(locale.toLowerCase())) yield whole(none, 'defaultMissing', { locale });
}

/** All that is wrong with a template; empty when it may be published. */
export function checkTemplate(template: TemplateSource): readonly TemplateProblem[] {
  const problems = [...languageProblems(template)];
  for (const text of template.texts) {
    problems.push(...subjectProblems(text, template));
    const part = { locale: text.locale, part: 'body' } as const;
    if (shownText(text.body).trim() === '') problems.push(whole(part, 'emptyBody'));
    else problems.push(...sourceProblems(text.body, bodyKinds[template.channel], part, template));
  }
  return problems;
}

/** The names that stand in a source, in the order of their first mention; none if it is none. */
function namesIn(source: string): readonly string[] {
  const names = new Set<string>();
  // From the last to the first, so that the first is taken out first.
  const open: SyntaxNode[] = [...(parse(source) ?? [])].toReversed();
  for (let node = open.pop(); node; node = open.pop()) {
    const lone = node.type === 'PathExpression' ? loneName({ ...node, path: node }) : null;
    if (lone !== null) names.add(lone);
    open.push(...childrenOf(node).toReversed());
  }
  return [...names];
}

/** The params of a template: the declared names that its texts mention. */
export function paramsOf({ eventType, texts }: TemplateSource): readonly string[] {
  const known = new Set(valueNamesFor(eventType).map(({ name }) => name));
  const mentioned = texts.flatMap(({ subject, body }) => [subject ?? '', body].flatMap(namesIn));
  return [...new Set(mentioned)].filter((name) => known.has(name));
}

/** The names that conditions of a template ask for: without a value it says something else. */
export function conditionsOf({ texts }: TemplateSource): readonly string[] {
  const asked = new Set<string>();
  const open = texts.flatMap(({ subject, body }) => [
    ...(parse(subject ?? '') ?? []),
    ...(parse(body) ?? []),
  ]);
  for (let node = open.pop(); node; node = open.pop()) {
    const [first] = node.type === 'BlockStatement' ? (node.params ?? []) : [];
    if (first?.type === 'PathExpression') asked.add(String(first.original));
    open.push(...childrenOf(node));
  }
  return [...asked].toSorted();
}
