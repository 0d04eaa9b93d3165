import {
  type PartDraftSource,
  type PreparedPart,
  preparePart,
} from '../../rendering/check-part.ts';
import {
  type PreparedTemplate,
  prepareTemplate,
  type TemplateSource,
} from '../../rendering/check-template.ts';
import type { PartSource } from '../../rendering/part-source.ts';
import { type Preview, type PreviewTask, previewsOf } from './preview.ts';

/** What a text is put together of; it is copied along. */
type WithParts = { readonly parts: readonly PartSource[] };

/** Something to do with a template or a part; plain data, for it is copied. */
export type Task =
  | ({ readonly kind: 'prepare'; readonly source: TemplateSource } & WithParts)
  | ({ readonly kind: 'prepare-part'; readonly source: PartDraftSource } & WithParts)
  | ({ readonly kind: 'preview' } & PreviewTask);

type Answers = {
  readonly prepare: PreparedTemplate;
  readonly 'prepare-part': PreparedPart;
  readonly preview: readonly Preview[];
};

/** What comes of a task. */
export type Answer<T extends Task> = Answers[T['kind']];

/** Does a task. Pure, and as long as the template makes it. */
export function answerTo(task: Task): Answers[Task['kind']] {
  switch (task.kind) {
    case 'prepare':
      return prepareTemplate(task.source, task.parts);
    case 'prepare-part':
      return preparePart(task.source, task.parts);
    case 'preview':
      return previewsOf(task);
  }
}
