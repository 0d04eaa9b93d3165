import type { TemplateDraft } from '../../schemas/generated/records.ts';
import type { TemplateState } from '../templates/authored.ts';
import type { Visitor } from './visitor.ts';
import type { Words } from './words/words.ts';

/** Who wrote the draft of a template or a shared part. */
type Author = Pick<TemplateDraft, 'authorKind' | 'authorId'>;

/** What a person may do with it, as it is now. */
export function rightsOf(
  head: Author | null,
  state: TemplateState,
  { visitor, fourEyes }: { readonly visitor: Visitor; readonly fourEyes: boolean },
) {
  const { scopes, kind, id } = visitor.identity;
  const isOpen = state === 'draft' || state === 'changed';
  const isArchived = state === 'archived';
  const mayPublish = scopes.has('templates:publish');
  const mayWrite = scopes.has('templates:write') && !isArchived;
  const isAuthor = head?.authorKind === kind && head.authorId === id;
  return {
    isOpen,
    mayWrite,
    mayPublish: mayPublish && !isArchived,
    mayArchive: mayPublish && !isArchived,
    mayRestore: mayPublish && isArchived,
    fourEyes,
    needsOther: fourEyes && isOpen && isAuthor,
  };
}

/** What the page says of the state. */
export const stateText = (state: TemplateState, { templateEditor }: Words) =>
  ({
    draft: templateEditor.openDraft,
    changed: templateEditor.openDraft,
    published: templateEditor.asPublished,
    archived: templateEditor.archivedNotice,
  })[state];
