import { checkTemplate, type TemplateSource } from '../../rendering/check-template.ts';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import { type Preview, type PreviewTask, previewsOf } from './preview.ts';

/** Something to do with a template; plain data, for it is copied. */
export type Task =
  | { readonly kind: 'check'; readonly source: TemplateSource }
  | ({ readonly kind: 'preview' } & PreviewTask);

type Answers = {
  readonly check: readonly TemplateProblem[];
  readonly preview: readonly Preview[];
};

/** What comes of a task. */
export type Answer<T extends Task> = Answers[T['kind']];

/** Does a task. Pure, and as long as the template makes it. */
export function answerTo(task: Task): Answers[Task['kind']] {
  switch (task.kind) {
    case 'check':
      return checkTemplate(task.source);
    case 'preview':
      return previewsOf(task);
  }
}
