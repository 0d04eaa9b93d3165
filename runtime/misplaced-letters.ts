import type { DeadLetterCause } from './dead-letter.ts';
import { VestnikError } from './errors.ts';
import type { KafkaRecord } from './kafka/record.ts';
import type { MisplacedRows } from './misplaced-rows.ts';

/** Told of every row that is set aside, before the offset moves past it. */
export type PoisonHandler = (record: KafkaRecord, cause: DeadLetterCause) => Promise<void>;

/** Letters about misplaced rows: they wait until it is known whether these are slips or many. */
export type MisplacedLetters = {
  /** Copies what it keeps, for bytes of records lie in memory that is lent. */
  hold(record: KafkaRecord, cause: DeadLetterCause): void;
  waiting(): boolean;
  /** WRONG_PARTITION, and nothing sent, when there are too many among the rows that passed. */
  send(passed: number): Promise<void>;
};

/** What the values of letters that wait may take; a slip or two are far from it. */
const maxLetterBytes = 64 * 1024 * 1024;

const copyOf = (bytes: Buffer | null) => bytes && Buffer.from(bytes);

/** `place` is the partition, as `users-3`. */
export function createMisplacedLetters(
  place: string,
  misplaced: MisplacedRows,
  onPoison: PoisonHandler,
): MisplacedLetters {
  let letters: { readonly record: KafkaRecord; readonly cause: DeadLetterCause }[] = [];
  let heldBytes = 0;

  function tooMany(what: string): VestnikError {
    const advice = 'stop their writer, then follow "Misplaced rows" in docs/operations.md';
    return new VestnikError('WRONG_PARTITION', `${what} of ${place}: ${advice}`);
  }
  return {
    hold(record, cause) {
      const headers = record.headers.map(([name, value]) => [name, copyOf(value)] as const);
      const { key, value } = record;
      const copied = { ...record, key: copyOf(key), value: copyOf(value), headers };
      letters.push({ record: copied, cause });
      heldBytes += value?.length ?? 0;
      if (heldBytes > maxLetterBytes) throw tooMany(`more than ${maxLetterBytes} bytes`);
    },
    waiting: () => letters.length > 0,
    async send(passed) {
      if (letters.length === 0) return;
      const excess = misplaced.excess(passed);
      if (excess) throw tooMany(excess);
      for (const { record, cause } of letters) await onPoison(record, cause);
      letters = [];
      heldBytes = 0;
    },
  };
}
