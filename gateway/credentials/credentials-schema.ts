import { join } from 'node:path';
import { type MigratedSchema, readMigrations } from '../../runtime/migrate.ts';
import type { AppliedMigration } from '../../runtime/migrations.ts';

/** The tables of the gateway: the one state that no topic holds, for a log cannot forget. */
export const credentialsSchema = (): MigratedSchema => ({
  schema: 'gateway',
  migrations: readMigrations(join(import.meta.dirname, 'migrations')),
  applied: (database) =>
    database.query<AppliedMigration>`select name, sha256 from gateway.migrations`,
  whenDropped: 'refuse',
});
