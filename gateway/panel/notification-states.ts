import { notificationStates } from '../read/history.ts';
import { numberIn } from './words/bilingual.ts';
import type { Words } from './words/words.ts';

type State = (typeof notificationStates)[number];

/** What a badge's colour says: good, bad, doubtful, or still on its way. */
type Tone = 'good' | 'bad' | 'doubtful' | 'calm' | 'moving';

const tones: Readonly<Record<State, Tone>> = {
  rendered: 'moving',
  sending: 'moving',
  waiting: 'doubtful',
  delivered: 'good',
  rejected: 'bad',
  suppressed: 'calm',
  unknown: 'doubtful',
  deadLettered: 'bad',
};

/** A state as a badge shows it. */
export const stateBadge = (state: State, { states }: Words) => ({
  tone: tones[state],
  name: states[state].name,
  about: states[state].about,
});

const percent = 100;

/** The counts of all states that there are any of, and their shares of a bar. Pure. */
export function tallyOf(counts: Readonly<Record<State, number>>, words: Words) {
  const present = notificationStates.filter((state) => counts[state] > 0);
  const total = present.reduce((sum, state) => sum + counts[state], 0);
  let before = 0;
  return present.map((state) => {
    const start = (before / total) * percent;
    before += counts[state];
    return {
      ...stateBadge(state, words),
      count: numberIn(words.language, counts[state]),
      start,
      share: (counts[state] / total) * percent,
    };
  });
}
