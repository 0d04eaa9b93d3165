import type { TemplateState } from '../templates/authored.ts';
import type { Words } from './words/words.ts';

export const templateStates = [
  'draft',
  'published',
  'changed',
  'archived',
] as const satisfies readonly TemplateState[];

const tones = {
  draft: 'doubtful',
  published: 'good',
  changed: 'moving',
  archived: 'calm',
} as const;

/** Where a template stands, as a badge. */
export const stateBadge = (state: TemplateState, { templates }: Words) => ({
  ...templates.states[state],
  tone: tones[state],
});
