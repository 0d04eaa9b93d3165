import { isAnnouncement } from '../sending/announcement-template.ts';
import { templatePath } from './template-answers.ts';
import type { Words } from './words/words.ts';

/** A template as pages name it: an announcement has one of its own, which nobody can open. */
type ShownTemplate = { readonly name: string; readonly path: string | null };

/** What a page calls a template, and where it leads. Pure. */
export function shownTemplate(templateId: string, { sending }: Pick<Words, 'sending'>) {
  const shown: ShownTemplate = isAnnouncement(templateId)
    ? { name: sending.kinds.announcement, path: null }
    : { name: templateId, path: templatePath(templateId) };
  return shown;
}
