import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../runtime/postgres.ts';
import {
  type AppliedMigration,
  contentQuote,
  type Migration,
  orderMigrations,
  pendingOf,
  relationsOf,
  takenOf,
} from './migrations.ts';

/** Any number, the same in every process: they make the tables one after the other. */
const lockKey = 7_378_846;
const lock = `perform pg_advisory_xact_lock(${lockKey});`;

/** The steps as the code has them. */
export function readMigrations(): Migration[] {
  const directory = join(import.meta.dirname, 'migrations');
  const names = readdirSync(directory);
  return orderMigrations(
    names.map((name) => ({ name, content: readFileSync(join(directory, name), 'utf8') })),
  );
}

/** A block that the server runs as one transaction, one process at a time. */
function locked(statements: string): string {
  return `do $locked$ begin ${lock} ${statements} end $locked$`;
}

const makeMigrations = `
  create table if not exists migrations (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
  );`;

/** Names and digests were checked to be plain words. Another process may have been faster. */
const apply = ({ name, sha256, content }: Migration) => `
  if not exists (select from migrations where name = '${name}') then
    execute ${contentQuote}${content}${contentQuote};
    insert into migrations (name, sha256) values ('${name}', '${sha256}');
  end if;`;

const forget = (tables: readonly string[]) => `
  drop table if exists ${tables.join(', ')} cascade;
  delete from migrations;`;

async function missing(database: Database, relations: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ name: string }>`
    select name from unnest(${relations}::text[]) as name where to_regclass(name) is null`;
  return rows.map(({ name }) => name);
}

async function appliedIn(database: Database): Promise<readonly AppliedMigration[]> {
  return database.query<AppliedMigration>`select name, sha256 from migrations`;
}

/**
 * Makes the tables, or brings them up to this code. Forward only; each step is one transaction
 * with its row in `migrations`. Where somebody dropped tables and left `migrations`, the rest is
 * dropped as well and all is made anew: the rows come back from the topics.
 * DATABASE_MISMATCH when an applied step was changed, or the database is ahead of the code.
 */
export async function migrate(options: {
  readonly database: Database;
  readonly log: Log;
  readonly migrations?: readonly Migration[];
}): Promise<void> {
  const { database, log, migrations = readMigrations() } = options;
  await database.script(locked(makeMigrations));
  const taken = takenOf(migrations, await appliedIn(database));
  const tables = relationsOf(taken, 'table');
  const lost = await missing(database, [...tables, ...relationsOf(taken, 'view')]);
  if (lost.length > 0) {
    log.warn({ lost }, 'tables were dropped; all are made anew and filled from the topics');
    const isLost = lost.map((name) => `to_regclass('${name}') is null`).join(' or ');
    await database.script(locked(`if ${isLost} then ${forget(tables)} end if;`));
  }
  for (const migration of pendingOf(migrations, await appliedIn(database))) {
    log.info({ migration: migration.name }, 'applying a migration');
    await database.script(locked(apply(migration)));
  }
}
