import { type RowScan, storedRowOf } from '../runtime/store/row-store.ts';
import type { RowView } from '../runtime/store/row-view.ts';
import { type Kernel, wordBytes } from './notification-kernel.ts';

/** Some people of a scan, with their rows in the kernel's memory. */
export type PeopleBlock = {
  /** Takes the next people of the scan, at most as many as fit; answers how many. */
  fill(scan: RowScan): number;
  keyOf(index: number): string;
};

/** Of each person start and end of the key, end of the value, hash, offset (a double), slow. */
const hashWord = 3;
const offsetDouble = 2;
const slowWord = 6;
const doubleBytes = 8;

/**
 * The people that the kernel works on at once. What `plainCheck` makes for a block says of a row
 * whether the kernel may write to its person at all.
 */
export function createPeopleBlock(
  { bytes, words, doubles, layout }: Kernel,
  plainCheck: () => (view: RowView) => boolean,
): PeopleBlock {
  const firstWord = layout.people / wordBytes;
  const firstDouble = layout.people / doubleBytes;
  const wordsEach = layout.personBytes / wordBytes;
  const doublesEach = layout.personBytes / doubleBytes;
  /** Longer rows go the slow way, and stay where they are. */
  const maxRowBytes = Math.floor((layout.rowsEnd - layout.rows) / layout.maxPeople);
  const keys: string[] = [];

  type IsPlain = ReturnType<typeof plainCheck>;

  function take(index: number, view: RowView, at: number, isPlain: IsPlain): number {
    const { block, keyStart, keyEnd, valueEnd } = view;
    const word = firstWord + index * wordsEach;
    const length = valueEnd - keyStart;
    if (length > maxRowBytes || !isPlain(view)) {
      words[word + slowWord] = 1;
      keys[index] = storedRowOf(view).key;
      return at;
    }
    block.bytes.copy(bytes, at, keyStart, valueEnd);
    words[word] = at;
    words[word + 1] = at + keyEnd - keyStart;
    words[word + 2] = at + length;
    words[word + hashWord] = view.hash;
    words[word + slowWord] = 0;
    doubles[firstDouble + index * doublesEach + offsetDouble] = view.offset;
    return at + length;
  }
  return {
    fill(scan) {
      let at = layout.rows;
      let count = 0;
      const isPlain = plainCheck();
      for (; count < layout.maxPeople && scan.next(); count += 1) {
        at = take(count, scan.view, at, isPlain);
      }
      return count;
    },
    keyOf(index) {
      const word = firstWord + index * wordsEach;
      if (words[word + slowWord] === 1) return keys[index] ?? '';
      return bytes.toString('utf8', words[word], words[word + 1]);
    },
  };
}
