import type { FastifyReply } from 'fastify';
import { allNames } from '../../rendering/check-part.ts';
import type { TemplateText } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import { type AuthoredPart, partStateOf } from '../parts/authored-part.ts';
import { outdatedIn, type PartUses } from '../parts/part-uses.ts';
import { renewable } from '../parts/renew-users.ts';
import { rightsOf, stateText } from './editor-rights.ts';
import { sendPage, wordsFor } from './page.ts';
import type { PanelParts } from './parts.ts';
import { sendMissing, sendProblemPage } from './problem-pages.ts';
import { templatePath } from './template-answers.ts';
import { insertsOf, partsFor } from './template-inserts.ts';
import { languageViews } from './template-languages.ts';
import { previewView, problemsView } from './template-preview.ts';
import { stateBadge } from './template-states.ts';
import { shownTime } from './times.ts';
import { formToken, visitorOf } from './visitor.ts';
import type { Words } from './words/words.ts';

/** What the page of a part is sent with, beside the part. */
export type PartNotice = {
  readonly done: string | null;
  readonly alert: string | null;
  readonly status: number;
  /** What was typed and could not be saved; null: the page shows what is there. */
  readonly typed: readonly TemplateText[] | null;
  /** A language that is to get a text, too; null: none. */
  readonly language: string | null;
};

export const partPath = (id: string): string => `/template-parts/${encodeURIComponent(id)}`;

/** What of a part is edited: the draft, or what is published. */
function editedTexts({ head, version }: AuthoredPart): readonly TemplateText[] {
  if (!head) return [];
  return head.texts.length > 0 ? head.texts : (version(head.lastVersion ?? 0)?.texts ?? []);
}

function usesView(uses: PartUses, { published }: AuthoredPart, { templateParts }: Words) {
  const outdated = new Set(outdatedIn(uses, published));
  const count = renewable(uses, published).length;
  return {
    templates: uses.templates.map((use) => ({
      id: use.templateId,
      path: templatePath(use.templateId),
      publishedWith:
        use.publishedWith === null ? null : templateParts.publishedWith(use.publishedWith),
      isOutdated: outdated.has(use),
      inDraft: use.inDraft,
    })),
    others: uses.parts.map((id) => ({ id, path: partPath(id) })),
    isUsed: uses.templates.length + uses.parts.length > 0,
    renewAbout: count === 0 ? null : templateParts.renewAbout(count),
    renewCount: templateParts.renewCount(count),
    count,
  };
}

/** Answers with the page of a part: its texts, what is wrong, how it looks, where it is used. */
export async function sendPart(
  reply: FastifyReply,
  parts: PanelParts,
  { id, notice }: { readonly id: string; readonly notice: PartNotice },
): Promise<FastifyReply> {
  const words = wordsFor(reply.request);
  const { sharedParts, fourEyes } = parts;
  const found = sharedParts.find(id);
  if (!found.ok) return sendProblemPage(reply, found.problem);
  const { head, published } = found.value;
  const state = partStateOf(found.value);
  const uses = sharedParts.uses(id);
  if (!head || state === null || !uses.ok) return sendMissing(reply, words.templateParts.gone);
  const texts = notice.typed ?? editedTexts(found.value);
  const visitor = visitorOf(reply.request);
  const [checked, previews] = await Promise.all([
    sharedParts.check(id, texts),
    sharedParts.preview(id, texts),
  ]);
  const { channel } = head;
  const [first] = texts;
  const locale = first?.locale ?? 'ru';
  const inserts = insertsOf(allNames, partsFor(parts, channel, id), words);
  const check = problemsView(checked, words);
  const data = {
    words: words.templateEditor,
    lists: words.templateParts,
    id,
    path: partPath(id),
    alert: notice.alert,
    done: notice.done,
    typed: notice.typed,
    state: stateBadge(state, words),
    stateText: stateText(state, words),
    version: published?.version ?? null,
    channel,
    channelName: words.shell.channels[channel],
    how: [words.templateParts.how(id), words.templateParts.howWrapped(id)],
    locale,
    texts: languageViews({ texts, locale }, { hasSubject: false, added: notice.language }, words),
    maxSubject: limits.templateSubjectChars,
    maxBody: limits.templateBodyChars,
    maxNote: limits.detailChars,
    inserts,
    insertsJson: JSON.stringify(inserts),
    isMail: channel === 'email',
    archiveConfirm: words.templateEditor.archiveConfirm(id),
    revision: head.revision,
    savedBy: state === 'published' ? null : words.templateEditor.savedBy(head.authorName),
    saved: shownTime(words.language, head.savedAt),
    ...rightsOf(head, state, { visitor, fourEyes }),
    uses: usesView(uses.value, found.value, words),
    check,
    problemsJson: JSON.stringify(check.problems),
    preview: previewView(previews, { locale, words, formToken: formToken(visitor.token) }),
  };
  reply.code(notice.status);
  return sendPage(reply, { view: 'template-part', title: id, section: 'templates', data });
}
