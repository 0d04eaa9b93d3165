import { errorTable } from '../../runtime/errors.ts';
import type { LetterLine } from '../read/dead-letters.ts';
import type { Words } from './words/words.ts';

/** Why a record was set aside, as a page says it. */
export type ShownReason = {
  /** What happened and what to do, in the reader's language; null: an unknown code. */
  readonly sentence: string | null;
  /** The case at hand, as whoever set it aside wrote it: in English, or with a vendor's words. */
  readonly detail: string | null;
};

type Known = keyof typeof errorTable;
const isKnown = (code: string | null): code is Known =>
  code !== null && Object.hasOwn(errorTable, code);

/** A letter's reason is the English sentence of its code, and the case in brackets. Pure. */
export function shownReason(
  { code, reason }: Pick<LetterLine, 'code' | 'reason'>,
  { errors }: Pick<Words, 'errors'>,
): ShownReason {
  if (!isKnown(code)) return { sentence: null, detail: reason };
  const { message } = errorTable[code];
  const rest = reason?.startsWith(message) ? reason.slice(message.length).trim() : reason;
  const detail = rest?.replace(/^\((.*)\)$/su, '$1') ?? '';
  return { sentence: errors[code], detail: detail === '' ? null : detail };
}
