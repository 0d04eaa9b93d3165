/** Pseudo-random numbers that are the same for the same seed, on every machine. */
export type Random = {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  pick<T>(list: readonly T[]): T;
  uuid(): string;
};

const twoTo32 = 0x1_0000_0000;
const increment = 0x6d2b79f5;
const uuidWords = 4;

/** Tommy Ettinger's Mulberry32: short, quick, and good enough to spread data evenly. */
export function createRandom(seed: number, stream: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) | 0;
  const word = () => {
    state = (state + increment) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (bound: number) => Math.floor((word() / twoTo32) * bound);
  return {
    below,
    pick<T>(list: readonly T[]): T {
      const chosen = list[below(list.length)];
      if (chosen === undefined) throw new Error('nothing can be picked from an empty list');
      return chosen;
    },
    uuid() {
      const hex = Array.from({ length: uuidWords }, () => word().toString(16).padStart(8, '0'));
      const all = hex.join('');
      // Version 4 and the variant of RFC 9562, section 5.4.
      return [
        all.slice(0, 8),
        all.slice(8, 12),
        `4${all.slice(13, 16)}`,
        `a${all.slice(17, 20)}`,
        all.slice(20),
      ].join('-');
    },
  };
}
