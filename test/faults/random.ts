/** A small generator of numbers in [0, 1) that a seed fixes (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of FNV-1a, which spreads names well enough here. */
const hashPrime = 16_777_619;

/** Numbers that a seed and a name fix: a situation meets the same whatever was run before it. */
export function randomFor(seed: number, name: string): () => number {
  const mixed = Buffer.from(name).reduce((sum, byte) => Math.imul(sum ^ byte, hashPrime), seed);
  return createRandom(mixed);
}

/** One of a list. */
export function pickFrom<T>(random: () => number, list: readonly T[]): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}
