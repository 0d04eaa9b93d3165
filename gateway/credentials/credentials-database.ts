import type { Clock } from '../../runtime/clock.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import type { Database } from '../../runtime/postgres.ts';
import { boundReads, isUndefinedTable } from '../read/bounded-reads.ts';
import { credentialsSchema } from './credentials-schema.ts';

/**
 * Statements on the tables of the gateway. They end in time, with CREDENTIALS_UNAVAILABLE when
 * PostgreSQL does not answer: nobody is let in then, and nothing is taken for granted.
 */
export type CredentialsDatabase = Pick<Database, 'query'>;

const unavailable = (error: VestnikError) =>
  new VestnikError('CREDENTIALS_UNAVAILABLE', error.message, { cause: error });

/** The tables are made when they are first asked for, and again when the schema was dropped. */
export function openCredentialsDatabase(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): CredentialsDatabase {
  const { database, clock, log } = options;
  const reads = boundReads({ database, clock });
  let made: Promise<void> | null = null;
  let toldMismatch = '';

  /** All who ask meanwhile share one attempt; one that failed is made again by the next. */
  async function makeTables(): Promise<void> {
    const making = (made ??= reads.read(() => migrate({ ...credentialsSchema(), database, log })));
    try {
      await making;
    } catch (error) {
      if (made === making) made = null;
      throw error;
    }
  }

  /** What is thrown for it; also notes what it says of the tables. */
  function failureOf(error: unknown): unknown {
    if (!(error instanceof VestnikError)) return error;
    if (isUndefinedTable(error.cause)) made = null;
    const mismatch = error.code === 'DATABASE_MISMATCH';
    if (mismatch && error.message !== toldMismatch) {
      toldMismatch = error.message;
      log.error({ reason: error.message }, 'the credentials cannot be used');
    }
    return mismatch || error.retryable ? unavailable(error) : error;
  }

  return {
    async query(text, ...parameters) {
      try {
        await makeTables();
        return await reads.read(({ query }) => query(text, ...parameters));
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}
