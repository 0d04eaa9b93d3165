import type { FastifyReply } from 'fastify';
import { valueNamesFor } from '../../rendering/value-names.ts';
import type { Channel, EventType, TemplateText } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import { type Authored, stateOf, type TemplateState, writtenTexts } from '../templates/authored.ts';
import type { Written } from '../templates/drafts.ts';
import type { PreviewWishes } from '../templates/preview-request.ts';
import type { Which } from '../templates/templates.ts';
import { rightsOf, stateText } from './editor-rights.ts';
import { sendPage, wordsFor } from './page.ts';
import type { PanelParts } from './parts.ts';
import { sendMissing, sendProblemPage } from './problem-pages.ts';
import { templatePath } from './template-answers.ts';
import { insertsOf, partsFor } from './template-inserts.ts';
import { languageViews } from './template-languages.ts';
import { previewView, problemsView } from './template-preview.ts';
import { stateBadge } from './template-states.ts';
import { wishFields } from './template-wishes.ts';
import { shownTime } from './times.ts';
import { formToken, visitorOf } from './visitor.ts';
import type { Words } from './words/words.ts';

/** What an editor page is sent with, beside the template. */
export type EditorNotice = {
  readonly wishes: PreviewWishes;
  /** What was done; null: nothing. */
  readonly done: string | null;
  /** What was not done, and why; null: nothing. */
  readonly alert: string | null;
  readonly status: number;
  /** What was typed and could not be saved; null: the page shows what is there. */
  readonly typed: Written | null;
  /** A language that is to get a text, too; null: none. */
  readonly language: string | null;
};

/** What the page works on: the draft, or what is published. */
export type EditedTemplate = {
  readonly state: TemplateState;
  readonly eventType: EventType;
  readonly channel: Channel;
  readonly locale: string;
  readonly texts: readonly TemplateText[];
};

/** What of a template is edited; null for a kind of a later release. */
export function editedOf(authored: Authored): EditedTemplate | null {
  const { head, published } = authored;
  const state = stateOf(authored);
  if (state === null) return null;
  const hasDraft = head !== null && (head.state === 'open' || head.texts.length > 0);
  const step = authored.version(published?.version ?? head?.lastVersion ?? 0);
  const source = hasDraft ? head : (published ?? step ?? head);
  if (!source || source.eventType === 'unknown' || source.channel === 'unknown') return null;
  const { eventType, channel, locale } = source;
  // What goes on being written are the names of shared parts, not what they came to.
  const texts = !hasDraft && step ? writtenTexts(step) : source.texts;
  return { state, eventType, channel, locale, texts };
}

const unsaved = ({ locale, texts }: EditedTemplate): Which => ({ kind: 'unsaved', locale, texts });

function headView({ head }: Authored, state: TemplateState, words: Words) {
  const isOurs = head !== null && state !== 'published';
  return {
    revision: head?.revision ?? 0,
    savedBy: isOurs ? words.templateEditor.savedBy(head.authorName) : null,
    saved: isOurs ? shownTime(words.language, head.savedAt) : null,
  };
}

/** Answers with the editor of a template, checked and with its preview. */
export async function sendEditor(
  reply: FastifyReply,
  parts: PanelParts,
  options: { readonly id: string; readonly notice: EditorNotice },
): Promise<FastifyReply> {
  const { id, notice } = options;
  const words = wordsFor(reply.request);
  const found = parts.templates.find(id);
  if (!found.ok) return sendProblemPage(reply, found.problem);
  const kept = editedOf(found.value);
  if (!kept) return sendMissing(reply, words.templateEditor.gone);
  const { wishes, typed } = notice;
  const edited = { ...kept, ...typed };
  const visitor = visitorOf(reply.request);
  const [checked, previews] = await Promise.all([
    parts.templates.check(id, unsaved(edited)),
    parts.templates.preview(id, unsaved(edited), wishes),
  ]);
  const { state, eventType, channel, locale } = edited;
  const inserts = insertsOf(valueNamesFor(eventType), partsFor(parts, channel, null), words);
  const data = {
    words: words.templateEditor,
    lists: words.templates,
    id,
    path: templatePath(id),
    alert: notice.alert,
    done: notice.done,
    state: stateBadge(state, words),
    stateText: stateText(state, words),
    version: found.value.published?.version ?? null,
    channel,
    channelName: words.shell.channels[channel],
    event: words.templates.events[eventType],
    texts: languageViews(
      edited,
      { hasSubject: channel === 'email', added: notice.language },
      words,
    ),
    maxSubject: limits.templateSubjectChars,
    maxBody: limits.templateBodyChars,
    maxNote: limits.detailChars,
    inserts,
    insertsJson: JSON.stringify(inserts),
    fields: wishFields({ parts, eventType, wishes, words, visitor }),
    conditions: wishes.conditions,
    isMail: channel === 'email',
    archiveConfirm: words.templateEditor.archiveConfirm(id),
    ...headView(found.value, state, words),
    ...rightsOf(found.value.head, state, { visitor, fourEyes: parts.fourEyes }),
    ...withProblems(problemsView(checked, words)),
    preview: previewView(previews, { locale, words, formToken: formToken(visitor.token) }),
  };
  reply.code(notice.status);
  return sendPage(reply, { view: 'template', title: id, section: 'templates', data });
}

const withProblems = (found: ReturnType<typeof problemsView>) => ({
  check: found,
  problemsJson: JSON.stringify(found.problems),
});
