import { sayProblem } from '../../rendering/problem-words.ts';
import { saySlow } from '../../rendering/slow-words.ts';
import { sayEncoding } from '../../rendering/sms-parts.ts';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import type { Outcome } from '../http/problem.ts';
import { type Preview, type Shown, sharedPartReason } from '../templates/preview.ts';
import type { Words } from './words/words.ts';

/** What a frame is about as high as its text, in CSS pixels; a page cannot measure into it. */
const lineHeight = 24;
const lineChars = { mail: 64, chat: 40 } as const;
const padding = { mail: 90, chat: 60 } as const;
const heights = { mail: { least: 220, most: 620 }, chat: { least: 110, most: 480 } } as const;

type FrameKind = keyof typeof heights;

function heightOf(kind: FrameKind, text: string): number {
  const rows = text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / lineChars[kind])), 0);
  const { least, most } = heights[kind];
  return Math.min(most, Math.max(least, rows * lineHeight + padding[kind]));
}

function smsView(shown: Extract<Shown, { channel: 'sms' }>, words: Words) {
  const { language, templateEditor } = words;
  const { encoding, parts, units, unitsPerPart } = shown.sms;
  return {
    text: shown.text,
    encoding,
    parts: templateEditor.parts(parts),
    units: templateEditor.unitsOfSms(units, unitsPerPart),
    why: sayEncoding(shown.text)?.[language] ?? null,
  };
}

const lacking = /^"([^"]+)" not defined/;

/** Why a text cannot be rendered: in words where they are known, else as the engine says it. */
function failureOf(reason: string, { templateEditor }: Words) {
  const [, name] = lacking.exec(reason) ?? [];
  if (name !== undefined) return { failed: templateEditor.noValue(name), reason: null };
  if (reason.startsWith(sharedPartReason)) {
    return { failed: templateEditor.partMissing, reason: null };
  }
  if (reason.startsWith('Parse error')) return { failed: templateEditor.fixFirst, reason: null };
  return { failed: templateEditor.cannotRender, reason };
}

/** What a page shows of one preview; what is not of its channel is null. */
function shownView(preview: Preview, title: string, words: Words) {
  const { templateEditor } = words;
  const none = {
    failed: null,
    reason: null,
    subject: null,
    frame: null,
    plain: null,
    sms: null,
    units: null,
  };
  if (!preview.ok) return { ...none, ...failureOf(preview.reason, words) };
  const { shown } = preview;
  switch (shown.channel) {
    case 'email': {
      const { subject, html, text } = shown;
      const frame = {
        look: 'mail',
        html,
        height: heightOf('mail', text),
        title: templateEditor.letter(title),
      };
      return { ...none, subject: subject ?? '', frame, plain: text };
    }
    case 'sms':
      return { ...none, sms: smsView(shown, words) };
    case 'messenger': {
      const { html, text, units, maxUnits } = shown;
      const frame = {
        look: 'chat',
        html,
        height: heightOf('chat', text),
        title: templateEditor.chat(title),
      };
      return { ...none, frame, units: templateEditor.units(units, maxUnits) };
    }
  }
}

const titleOf = ({ leftOut }: Preview, { templateEditor }: Words) =>
  leftOut.length === 0 ? templateEditor.withAll : templateEditor.without(leftOut.join(', '));

/** The previews in one language, as a page shows them. */
export function previewView(
  found: Outcome<readonly Preview[]>,
  options: { readonly locale: string; readonly words: Words; readonly formToken: string },
) {
  const { locale, words, formToken } = options;
  const { templateEditor, language } = words;
  const base = { words: templateEditor, formToken, locale };
  if (!found.ok) {
    const isGone = found.problem.status === 404;
    const trouble = isGone ? templateEditor.nobodySuch : templateEditor.cannotCheck;
    return { ...base, trouble, speed: null, isSlow: false, previews: [] };
  }
  const mine = found.value.filter((preview) => preview.locale === locale);
  const [first] = mine;
  if (!first) {
    return { ...base, trouble: templateEditor.noPreview, speed: null, isSlow: false, previews: [] };
  }
  return {
    ...base,
    trouble: null,
    speed: first.slow ? saySlow(first.slow, language) : templateEditor.fast,
    isSlow: first.slow !== null,
    previews: mine.map((preview, index) => {
      const title = titleOf(preview, words);
      return { name: `frame-${index}`, title, ...shownView(preview, title, words) };
    }),
  };
}

/** What a language is called; its code where it is none of ours. */
export const languageName = (locale: string, { templateEditor }: Words): string =>
  (Object.hasOwn(templateEditor.languageNames, locale)
    ? templateEditor.languageNames[locale]
    : undefined) ?? locale;

/** A problem, for the list of them and for the script that underlines it. */
function problemView(problem: TemplateProblem, words: Words) {
  const { locale, part, from, to } = problem;
  const { templateEditor, language } = words;
  const where =
    locale === null
      ? null
      : templateEditor.place(
          languageName(locale, words),
          part === 'subject' ? templateEditor.subject : templateEditor.body,
          from.line,
        );
  return { locale, part, from, to, where, message: sayProblem(problem, language) };
}

/** What a check found, as the page lists it. */
export function problemsView(found: Outcome<readonly TemplateProblem[]>, words: Words) {
  const { templateEditor } = words;
  const problems = found.ok ? found.value.map((each) => problemView(each, words)) : [];
  const summary = !found.ok
    ? templateEditor.cannotCheck
    : problems.length === 0
      ? templateEditor.noProblems
      : templateEditor.problemCount(problems.length);
  return { problems, summary, isFine: found.ok && problems.length === 0 };
}
