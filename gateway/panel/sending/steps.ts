import type { Words } from '../words/words.ts';

const steps = ['what', 'who', 'look'] as const;

/** Where somebody is on the way to sending. The first two are one page. */
export function stepsView(current: 'compose' | 'look', { sending }: Words) {
  return {
    label: sending.stepsLabel,
    items: steps.map((step, index) => {
      const isLook = step === 'look';
      const isCurrent = isLook === (current === 'look');
      return {
        number: index + 1,
        name: sending.steps[step],
        // One element is the current one for a screen reader, two may look so.
        current: isCurrent && step !== 'who',
        state: isCurrent ? 'current' : isLook ? 'ahead' : 'done',
      };
    }),
  };
}
