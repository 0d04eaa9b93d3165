import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../runtime/postgres.ts';
import { type CredentialsDatabase, openCredentialsDatabase } from './credentials-database.ts';
import { openPasswords, type Passwords } from './passwords.ts';

/** What the work on credentials needs: where they are, and what makes and hashes secrets. */
export type Credentials = {
  readonly database: CredentialsDatabase;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly newId: () => string;
  /** 256 bits of chance, base64url. */
  readonly newSecret: () => string;
};

/** Opens nothing yet: the tables are made when they are first asked for. */
export async function openCredentials(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly newSecret: () => string;
}): Promise<Credentials> {
  const { clock, newId, newSecret } = options;
  const database = openCredentialsDatabase(options);
  return { database, passwords: await openPasswords(newSecret()), clock, newId, newSecret };
}
