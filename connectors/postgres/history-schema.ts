import { join } from 'node:path';
import { type MigratedSchema, readMigrations } from '../../runtime/migrate.ts';
import type { AppliedMigration } from '../../runtime/migrations.ts';

/** The tables of the history: a projection, so they may be dropped at any time. */
export const historySchema = (): MigratedSchema => ({
  schema: 'public',
  migrations: readMigrations(join(import.meta.dirname, 'migrations')),
  applied: (database) =>
    database.query<AppliedMigration>`select name, sha256 from public.migrations`,
  whenDropped: 'makeAnew',
});
