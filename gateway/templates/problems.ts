import { sayProblem } from '../../rendering/problem-words.ts';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import type { Problem } from '../http/problem.ts';

/** A problem of a template, as the API writes it: both languages, for whoever reads is a person. */
export function problemView(problem: TemplateProblem) {
  const { code, locale, part, from, to } = problem;
  return {
    code,
    locale,
    part,
    line: from.line,
    column: from.column,
    end_line: to.line,
    end_column: to.column,
    message: { ru: sayProblem(problem, 'ru'), en: sayProblem(problem, 'en') },
  };
}

/** A template with problems cannot be published. */
export function problemsFound(problems: readonly TemplateProblem[]): Problem {
  const [first] = problems;
  const example = first ? `: ${sayProblem(first, 'en')}` : '.';
  const errors = problems.map((each) => ({
    field: [each.locale, each.part].filter((name) => name !== null).join('.') || 'texts',
    message: sayProblem(each, 'en'),
  }));
  return {
    status: 422,
    detail: `The template has ${problems.length} problems${example}`,
    members: { errors, problems: problems.map(problemView) },
  };
}
