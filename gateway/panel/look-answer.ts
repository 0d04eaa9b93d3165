import type { FastifyRequest } from 'fastify';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import type { Outcome } from '../http/problem.ts';
import type { Preview } from '../templates/preview.ts';
import { wordsFor } from './page.ts';
import { previewView, problemsView } from './template-preview.ts';
import { formToken, visitorOf } from './visitor.ts';

/** What the script of an editor is told as one types: what is wrong, and how it looks. */
export function lookAnswer(
  request: FastifyRequest,
  seen: {
    readonly checked: Outcome<readonly TemplateProblem[]>;
    readonly previews: Outcome<readonly Preview[]>;
    readonly locale: string;
  },
) {
  const { checked, previews, locale } = seen;
  const words = wordsFor(request);
  const { partOf } = request.server.panel;
  const check = problemsView(checked, words);
  const token = formToken(visitorOf(request).token);
  const preview = previewView(previews, { locale, words, formToken: token });
  return {
    problems: check.problems,
    problemsHtml: partOf('template-problems', { check, words: words.templateEditor }),
    previewHtml: partOf('template-preview', preview),
  };
}
