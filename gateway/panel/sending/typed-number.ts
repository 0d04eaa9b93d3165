/** A number as people type it, with spaces, points or commas between thousands; null: none. */
export function typedNumber(text: string): number | null {
  const digits = text.replaceAll(/[\s.,]/g, '');
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

/** By so many percent, or so many people, an audience may grow before it is looked at again. */
const grownShare = 0.05;
const grownPeople = 5;

/** Whether many more are named now than there were when somebody looked. Pure. */
export const hasGrown = (before: number, now: number): boolean =>
  now > before + Math.max(grownPeople, before * grownShare);
