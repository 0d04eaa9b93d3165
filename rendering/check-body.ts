import { shownText } from '../runtime/shown-text.ts';
import type { Channel, TemplateText } from '../schemas/generated/records.ts';
import { checkSource, type SourceKind } from './check-source.ts';
import type { PartSource, UsedPart } from './part-source.ts';
import { putTogether } from './put-together.ts';
import { maxProblems, maxSourceBytes } from './source-bounds.ts';
import { linesOf } from './source-place.ts';
import type {
  ProblemCode,
  ProblemValues,
  SourceProblem,
  TemplateProblem,
} from './template-problem.ts';
import type { ValueName } from './value-names.ts';

const start = { line: 1, column: 1 };
type Where = Pick<TemplateProblem, 'locale' | 'part'>;

/** A problem of a text, or of a template, as a whole. */
export const wholeProblem = (
  where: Where,
  code: ProblemCode,
  values: ProblemValues = {},
): TemplateProblem => ({ ...where, code, values, from: start, to: start });

/** Problems of a source, as those of a template: with lines and columns. */
export function placedIn(
  source: string,
  where: Where,
  found: readonly SourceProblem[],
): readonly TemplateProblem[] {
  const { placeOf } = linesOf(source);
  return found.map(({ start: from, end, code, values }) => ({
    ...where,
    code,
    values,
    from: placeOf(from),
    to: placeOf(end),
  }));
}

const bodyKinds = {
  email: 'mail',
  sms: 'plain',
  messenger: 'telegram',
} as const satisfies Readonly<Record<Channel, SourceKind>>;

/** How a body is looked at. */
export type BodyRules = {
  readonly names: readonly ValueName[];
  readonly channel: Channel;
  readonly parts: readonly PartSource[];
  /** The part whose text it is; null for a template's. */
  readonly ofPart: string | null;
};

/** A body with its parts in place, of which versions, and all that is wrong with it. */
export type PreparedBody = {
  readonly text: string;
  readonly used: readonly UsedPart[];
  readonly problems: readonly TemplateProblem[];
};

/** Puts the parts of a body in place and looks at what that comes to. */
export function prepareBody(
  { locale, body }: Pick<TemplateText, 'locale' | 'body'>,
  { names, channel, parts, ofPart }: BodyRules,
): PreparedBody {
  const where = { locale, part: 'body' } as const;
  if (shownText(body).trim() === '') {
    return { text: body, used: [], problems: [wholeProblem(where, 'emptyBody')] };
  }
  const check = (text: string) => checkSource(text, bodyKinds[channel], { names, locale });
  // Parts are not looked for in what is too large by itself.
  if (Buffer.byteLength(body) > maxSourceBytes) {
    return { text: body, used: [], problems: placedIn(body, where, check(body)) };
  }
  const together = putTogether(body, { parts, channel, locale, ofPart });
  const found = [...together.problems, ...check(together.text).map(together.ownProblem)]
    .sort((a, b) => a.start - b.start)
    .slice(0, maxProblems);
  return { text: together.text, used: together.used, problems: placedIn(body, where, found) };
}
