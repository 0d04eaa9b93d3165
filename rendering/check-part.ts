import type { Channel, TemplateText } from '../schemas/generated/records.ts';
import { placedIn, prepareBody } from './check-body.ts';
import { languageProblems } from './check-languages.ts';
import { eachOnce, type PartSource, type UsedPart } from './part-source.ts';
import { hasSharpEdge } from './put-together.ts';
import { type ProblemCode, problemAt, type TemplateProblem } from './template-problem.ts';
import { valueNamesFor } from './value-names.ts';
import { eventNames } from './values.ts';

/** What is written of a shared part before it is published. */
export type PartText = Pick<TemplateText, 'locale' | 'body'>;
export type PartDraftSource = {
  readonly id: string;
  readonly channel: Channel;
  readonly texts: readonly PartText[];
};

/** Every name that some event has: which of them a template has is said where it uses a part. */
export const allNames = [
  ...new Map(
    (Object.keys(eventNames) as (keyof typeof eventNames)[])
      .flatMap(valueNamesFor)
      .map((each) => [each.name, each]),
  ).values(),
];

/** A header opens tags that the footer closes; together they are looked at in the template. */
const ofHalves: readonly string[] = [
  'telegramUnclosed',
  'telegramUnopened',
] satisfies ProblemCode[];
const isOfHalf = ({ code, values }: TemplateProblem) =>
  ofHalves.includes(code === 'inPart' ? (values['code'] ?? '') : code);

function edgeProblems({ locale, body }: PartText): readonly TemplateProblem[] {
  if (!hasSharpEdge(body)) return [];
  const at = { start: 0, end: body.length };
  return placedIn(body, { locale, part: 'body' }, [problemAt(at, 'partEdge')]);
}

/** A part as it would be published: which others it is made of, and all that is wrong with it. */
export type PreparedPart = {
  readonly parts: readonly UsedPart[];
  readonly problems: readonly TemplateProblem[];
};

/** Says all that is wrong with a part by itself; its own text goes on holding `{{> name}}`. */
export function preparePart(
  { id, channel, texts }: PartDraftSource,
  parts: readonly PartSource[],
): PreparedPart {
  const rules = { names: allNames, channel, parts, ofPart: id };
  const bodies = texts.map((text) => ({ text, body: prepareBody(text, rules) }));
  const problems = bodies.flatMap(({ text, body }) => [
    ...body.problems.filter((problem) => !isOfHalf(problem)),
    ...edgeProblems(text),
  ]);
  return {
    parts: eachOnce(bodies.flatMap(({ body }) => body.used)),
    problems: [...languageProblems(texts), ...problems],
  };
}
