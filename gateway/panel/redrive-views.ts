import type { RedriveRun } from '../redrives/redrives.ts';
import { shownTime } from './times.ts';
import { numberIn } from './words/bilingual.ts';
import type { Words } from './words/words.ts';

/** Where the page of a redrive is. */
export const redrivePath = (redriveId: string): string => `/dead-letters/redrives/${redriveId}`;

/** What a redrive is about, in the words of the filter. */
function aboutOf({ request }: RedriveRun, { redrives, language }: Words) {
  const { code, topic, process, key, place, sinceMs } = request;
  const named = [code, topic, process, key].filter((each) => each !== null);
  const letter = place === null ? [] : [`${redrives.letter} ${place.partition}@${place.offset}`];
  const since = sinceMs === null ? [] : [`${redrives.since} ${shownTime(language, sinceMs).text}`];
  const all = [...named, ...letter, ...since];
  return all.length === 0 ? [redrives.everything] : all;
}

const percent = 100;

function outcomesOf({ counts, request }: RedriveRun, { redrives, language }: Words) {
  const { sent, wouldSend } = redrives;
  const texts: Readonly<Record<string, string>> = {
    ...redrives.outcomes,
    sent: request.dryRun ? wouldSend : sent,
  };
  return Object.entries(counts).map(([outcome, count]) => ({
    isSent: outcome === 'sent',
    count: numberIn(language, count),
    text: texts[outcome] ?? outcome,
  }));
}

function saysOf({ state, request }: RedriveRun, { redrives }: Words): string {
  switch (state) {
    case 'running':
      return request.dryRun ? redrives.dryRunning : redrives.running;
    case 'done':
      return request.dryRun ? redrives.dryDone : redrives.done;
    case 'fenced':
      return redrives.fenced;
    case 'failed':
      return redrives.failed;
  }
}

/** What a redrive that only looked would send. */
export const wouldSendOf = ({ request, state, counts }: RedriveRun): number =>
  request.dryRun && state === 'done' ? (counts.sent ?? 0) : 0;

function progressOf(run: RedriveRun, expected: number | undefined, words: Words) {
  if (run.request.dryRun || expected === undefined) return null;
  const number = (count: number) => numberIn(words.language, count);
  return {
    text: words.redrives.progress(number(run.sent), number(expected)),
    share: Math.min(percent, (run.sent / Math.max(1, expected)) * percent),
  };
}

/** How far a redrive is, and what can be done next; `formToken` is for its form. */
export function redriveView(
  run: RedriveRun,
  words: Words,
  given: {
    readonly formToken: string;
    readonly expected: number | undefined;
    readonly mayRedrive: boolean;
    readonly error: string | null;
  },
) {
  const { redrives, shell } = words;
  const wouldSend = wouldSendOf(run);
  const outcomes = outcomesOf(run, words);
  const isDone = run.state === 'done';
  return {
    words: redrives,
    shell,
    says: saysOf(run, words),
    isRunning: run.state === 'running',
    path: redrivePath(run.redriveId),
    progress: progressOf(run, given.expected, words),
    outcomes,
    reason: run.reason,
    isNothing: isDone && outcomes.length === 0,
    isHopeless: isDone && run.request.dryRun && outcomes.length > 0 && wouldSend === 0,
    confirm: wouldSend > 0 && given.mayRedrive ? redrives.confirm(wouldSend) : null,
    formToken: given.formToken,
    error: given.error,
  };
}

/** What stands above a redrive's counts. */
export const redriveHead = (run: RedriveRun, words: Words) => ({
  about: aboutOf(run, words),
  askedBy: run.askedBy,
  began: shownTime(words.language, run.beganAtMs),
});

/** The latest redrives, as a list. */
export const redriveLines = (runs: readonly RedriveRun[], words: Words) =>
  runs.map((run) => ({
    path: redrivePath(run.redriveId),
    began: shownTime(words.language, run.beganAtMs),
    askedBy: run.askedBy,
    about: aboutOf(run, words).join(', '),
    state: words.redrives.states[run.state],
    isDryRun: run.request.dryRun,
    sent: words.redrives.records(run.sent),
  }));
