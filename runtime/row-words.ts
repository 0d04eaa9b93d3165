import type { Topic } from '../schemas/topics.ts';
import type { Decoded, Serde } from './serde.ts';
import type { WordTable } from './store/word-table.ts';
import { type TableSpec, wordsIn } from './table.ts';

type Unreadable = Exclude<Decoded<unknown>, { readonly ok: true }>;

/** The numbers of the words that a row is found by, each once, or why nobody can read it. */
export type RowWords = (bytes: Buffer, start: number, end: number) => number[] | Unreadable;

/** Bounds what a row may cost beside its value. */
const maxWords = 10_000;

/**
 * Reads the words of a table's rows. Nearly all rows are walked over as bytes; a row that is laid
 * out in another way, or is none at all, is decoded, and that decides.
 */
export function createRowWords<T extends Topic>(
  spec: TableSpec<T>,
  serde: Serde,
  words: WordTable,
): RowWords {
  const fields = Object.entries<string | undefined>(spec.wordFields);
  const kinds = fields.map(([, prefix = '']) => words.kindOf(prefix));
  const strings = serde.stringsOf(
    spec.topic,
    fields.map(([field]) => field),
  );

  return (bytes, start, end) => {
    const count = strings.find(bytes, start, end);
    if (count >= 0 && count <= maxWords)
      return words.numbersIn(bytes, strings.places(), count, kinds);
    const decoded = serde.decode(spec.topic, bytes.subarray(start, end));
    if (!decoded.ok) return decoded;
    const listed = wordsIn(decoded.value, spec.wordFields);
    if (listed.length <= maxWords) return listed.map(words.numberOf);
    const reason = `the row is found by more than ${maxWords} words`;
    return { ok: false, code: 'RECORD_UNREADABLE', reason };
  };
}
