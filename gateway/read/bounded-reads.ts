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
/** SQLSTATE undefined_column: it is of an older release, and its next one is not started yet. */
const undefinedColumn = '42703';

const unavailable = (detail: string, cause?: unknown) =>
  new VestnikError('DATABASE_UNAVAILABLE', detail, { cause });

function sqlStateOf(error: unknown): unknown {
  const cause = error instanceof VestnikError ? error.cause : null;
  return (cause as { code?: unknown } | null | undefined)?.code;
}

/** Whether a statement found no table where it looked for one. */
export const isUndefinedTable = (error: unknown): boolean => sqlStateOf(error) === undefinedTable;

/** What is told where the tables are not those of this code; null: they are, or it is not known. */
function unmade(error: unknown): string | null {
  switch (sqlStateOf(error)) {
    case undefinedTable:
      return 'there are no such tables yet';
    case undefinedColumn:
      return 'the tables are of an older release; start the role that keeps them';
    default:
      return null;
  }
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
          const reason = unmade(error);
          throw reason === null ? error : unavailable(reason, error);
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
