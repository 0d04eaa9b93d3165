import type { FastifyReply } from 'fastify';
import type { Clock } from '../../runtime/clock.ts';
import type { Outcome, Problem } from '../http/problem.ts';
import type { TemplateChange } from '../templates/change.ts';
import type { Templates } from '../templates/templates.ts';
import { type ShownTime, shownTime } from './times.ts';
import type { Words } from './words/words.ts';

/** Who was faster, when, and the revision that there is now. */
export type Conflict = {
  readonly text: string;
  readonly at: ShownTime;
  readonly revision: number;
};

type Members = { readonly by: string; readonly at: string; readonly revision: number };

/** Who was faster, as a page says it; null where it is nobody. */
export function conflictOf(problem: Problem, { language, templateEditor }: Words): Conflict | null {
  const { conflict } = (problem.members ?? {}) as { readonly conflict?: Members };
  if (!conflict) return null;
  const { by, at, revision } = conflict;
  return { text: templateEditor.conflict(by), at: shownTime(language, Date.parse(at)), revision };
}

/** Why something was not done, in the words of the person. */
export function sayRefusal(problem: Problem, words: Words): string {
  const { templateEditor } = words;
  const conflict = conflictOf(problem, words);
  if (conflict) return conflict.text;
  switch (problem.status) {
    case 403:
      return templateEditor.fourEyes;
    case 404:
      return templateEditor.gone;
    case 422:
      return templateEditor.hasProblems;
    case 503:
      return templateEditor.later;
    default:
      return templateEditor.refused;
  }
}

const lookMs = 50;
/** A page that shows what was before is no harm; to wait for ever would be. */
const maxLooks = 40;

async function lookUntil(isThere: () => boolean, clock: Clock): Promise<void> {
  for (let looks = 0; looks < maxLooks; looks += 1) {
    if (isThere()) return;
    await clock.sleep(lookMs);
  }
}

/** Waits until this gateway's tables hold a change, so that the next page shows it. */
export function untilSeen(
  templates: Templates,
  clock: Clock,
  { head }: Pick<TemplateChange, 'head'>,
): Promise<void> {
  return lookUntil(() => {
    const found = templates.find(head.templateId);
    return found.ok && found.value.head?.changeId === head.changeId;
  }, clock);
}

/** What a wait needs to know of a template or a shared part. */
type Revised = Outcome<{ readonly head: { readonly revision: number } | null }>;

/** Waits until the tables hold a revision that somebody saved a moment ago. */
export function untilRevision(find: () => Revised, clock: Clock, revision: number): Promise<void> {
  return lookUntil(() => {
    const found = find();
    return !found.ok || (found.value.head?.revision ?? 0) >= revision;
  }, clock);
}

/** Whether a script of a page asks, which wants to know rather than to be shown. */
export const isScript = ({ request }: FastifyReply): boolean =>
  request.headers.accept === 'application/json';

export const templatePath = (id: string): string => `/templates/${encodeURIComponent(id)}`;
