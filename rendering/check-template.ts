import { oneLine } from '../runtime/shown-text.ts';
import type { Channel, EventType, TemplateText } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { type BodyRules, placedIn, prepareBody, wholeProblem } from './check-body.ts';
import { languageProblems } from './check-languages.ts';
import { checkSource } from './check-source.ts';
import { eachOnce, type PartSource, type UsedPart } from './part-source.ts';
import { childrenOf, loneName, parse, type SyntaxNode } from './syntax.ts';
import type { TemplateProblem } from './template-problem.ts';
import { valueNamesFor } from './value-names.ts';

/** What is written of a template before it is published; its params are derived. */
export type TemplateSource = {
  readonly eventType: EventType;
  readonly channel: Channel;
  /** The language of those whose own has no text. */
  readonly locale: string;
  readonly texts: readonly TemplateText[];
};

function* subjectProblems(
  { locale, subject }: TemplateText,
  template: TemplateSource,
): Iterable<TemplateProblem> {
  const part = { locale, part: 'subject' } as const;
  if (template.channel !== 'email') {
    if (subject !== null) yield wholeProblem(part, 'subjectNotUsed');
    return;
  }
  if (subject === null || oneLine(subject) === '')
    return yield wholeProblem(part, 'subjectMissing');
  if (subject.length > limits.templateSubjectChars) {
    return yield wholeProblem(part, 'tooLong', { most: String(limits.templateSubjectChars) });
  }
  const allowed = { names: valueNamesFor(template.eventType), locale };
  yield* placedIn(subject, part, checkSource(subject, 'subject', allowed));
}

/** A default language that has no text; a template without texts has another problem. */
function defaultProblems({ locale, texts }: TemplateSource): readonly TemplateProblem[] {
  const isThere = texts.some((text) => text.locale.toLowerCase() === locale.toLowerCase());
  if (isThere || texts.length === 0) return [];
  return [wholeProblem({ locale: null, part: null }, 'defaultMissing', { locale })];
}

/** A template as it would be published: its parts in place. */
export type PreparedTemplate = {
  readonly texts: readonly TemplateText[];
  readonly parts: readonly UsedPart[];
  /** All that is wrong, where it stands in what was written; empty when it may be published. */
  readonly problems: readonly TemplateProblem[];
};

/** Puts the parts of a template in place, and says all that is wrong with it. */
export function prepareTemplate(
  template: TemplateSource,
  parts: readonly PartSource[] = [],
): PreparedTemplate {
  const { eventType, channel, texts } = template;
  const rules: BodyRules = { names: valueNamesFor(eventType), channel, parts, ofPart: null };
  const prepared = texts.map((text) => ({ text, body: prepareBody(text, rules) }));
  const problems = prepared.flatMap(({ text, body }) => [
    ...subjectProblems(text, template),
    ...body.problems,
  ]);
  return {
    texts: prepared.map(({ text, body }) => ({ ...text, body: body.text })),
    parts: eachOnce(prepared.flatMap(({ body }) => body.used)),
    problems: [...languageProblems(texts), ...defaultProblems(template), ...problems],
  };
}

/** All that is wrong with a template; empty when it may be published. */
export const checkTemplate = (
  template: TemplateSource,
  parts?: readonly PartSource[],
): readonly TemplateProblem[] => prepareTemplate(template, parts).problems;

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
