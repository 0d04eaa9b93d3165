import type { Clock } from '../../runtime/clock.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { Database } from '../../runtime/postgres.ts';
import { answerWithin } from '../http/answer-within.ts';

/** Reads that always end in time; DATABASE_UNAVAILABLE when PostgreSQL does not answer. */
export type BoundedReads = {
  read<T>(work: (database: Database) => Promise<T>): Promise<T>;
};

/** A person waits for the answer; the database's own bound is made for its writers. */
const readDeadlineMs = 5000;
/** Twice the pool: more would only wait, and be answered when nobody listens any more. */
const maxUnsettled = 16;
/** SQLSTATE undefined_table: the writer of the history has not started yet. */
const undefinedTable = '42P01';

const unavailable = (detail: string, cause?: unknown) =>
  new VestnikError('DATABASE_UNAVAILABLE', detail, { cause });

/** Whether a statement found no table where it looked for one. */
export function isUndefinedTable(error: unknown): boolean {
  const cause = error instanceof VestnikError ? error.cause : null;
  return (cause as { code?: unknown } | null | undefined)?.code === undefinedTable;
}

/** All reads of a gateway share these bounds, as they share the pool. */
export function boundReads({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): BoundedReads {
  let unsettled = 0;
  return {
    async read(work) {
      if (unsettled >= maxUnsettled) throw unavailable(`${unsettled} reads wait already`);
      unsettled += 1;
      const settled = work(database)
        .catch((error: unknown) => {
          if (!isUndefinedTable(error)) throw error;
          throw unavailable('there are no such tables yet', error);
        })
        .finally(() => {
          unsettled -= 1;
        });
      const late = Symbol('late');
      const found = await answerWithin({ clock, deadlineMs: readDeadlineMs, work: settled, late });
      if (found === late) throw unavailable(`no answer in ${readDeadlineMs} ms`);
      return found as Awaited<typeof settled>;
    },
  };
}
