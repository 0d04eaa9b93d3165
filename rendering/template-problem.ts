import type { problemWords } from './problem-words.ts';
import type { Place, Stretch } from './source-place.ts';

/** What can be wrong with a template; a new code breaks the build until it has words. */
export type ProblemCode = keyof typeof problemWords;

/** What a problem speaks of: names, numbers, tags. */
export type ProblemValues = Readonly<Record<string, string>>;

/** Something wrong at a stretch of a source. */
export type SourceProblem = Stretch & {
  readonly code: ProblemCode;
  readonly values: ProblemValues;
};

/** Something wrong with a template, where it stands in which text. */
export type TemplateProblem = {
  readonly code: ProblemCode;
  readonly values: ProblemValues;
  /** The language of the text; null where it is the template as a whole. */
  readonly locale: string | null;
  readonly part: 'subject' | 'body' | null;
  readonly from: Place;
  /** The place behind the last letter concerned. */
  readonly to: Place;
};

/** A problem of a source. */
export function problemAt(
  { start, end }: Stretch,
  code: ProblemCode,
  values: ProblemValues = {},
): SourceProblem {
  return { code, values, start, end };
}
