import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VestnikError } from './errors.ts';
import type { Log } from './log.ts';
import {
  type AppliedMigration,
  contentQuote,
  type Migration,
  orderMigrations,
  pendingOf,
  relationsOf,
  takenOf,
} from './migrations.ts';
import type { Database } from './postgres.ts';

/** Tables that are made by steps, in a PostgreSQL schema of their own with a `migrations` there. */
export type MigratedSchema = {
  /** A plain word. Steps need not write it: it is the search path while they are taken. */
  readonly schema: string;
  readonly migrations: readonly Migration[];
  /** The rows of that table: names cannot be parameters, so each schema says its own statement. */
  readonly applied: (database: Database) => Promise<readonly AppliedMigration[]>;
  /**
   * Where somebody dropped some tables and left `migrations`: a projection drops the rest as well
   * and comes back from the topics; what has no other source is left alone, with DATABASE_MISMATCH.
   */
  readonly whenDropped: 'makeAnew' | 'refuse';
};

/** Any number, the same in every process: they make the tables one after the other. */
const lockKey = 7_378_846;
const lock = `perform pg_advisory_xact_lock(${lockKey});`;

/** A step may go through a history of a hundred million rows; who waits knows it from the log. */
const stepTimeoutMs = 4 * 60 * 60 * 1000;
/** Of statements that are sent together each has its own bound, so this holds for those behind. */
const unhurried = 'set local statement_timeout = 0;';

/** The steps as a folder has them. */
export function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory);
  return orderMigrations(
    names.map((name) => ({ name, content: readFileSync(join(directory, name), 'utf8') })),
  );
}

/** A block that the server runs as one transaction, one process at a time. */
function locked(schema: string, statements: string): string {
  const path = `perform set_config('search_path', '${schema}', true);`;
  return `do $locked$ begin ${lock} ${path} ${statements} end $locked$`;
}

/** To make a schema that is there needs a right on the database that roles may not have. */
const makeMigrations = (schema: string) => `
  if to_regnamespace('${schema}') is null then create schema ${schema}; end if;
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

const forget = (tables: readonly string[], functions: readonly string[]) => `
  drop table if exists ${tables.join(', ')} cascade;
  ${functions.map((name) => `drop function if exists ${name};`).join(' ')}
  delete from migrations;`;

async function missing(database: Database, relations: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ name: string }>`
    select name from unnest(${relations}::text[]) as name where to_regclass(name) is null`;
  return rows.map(({ name }) => name);
}

/**
 * Makes the tables, or brings them up to this code. Forward only; each step is one transaction
 * with its row in `migrations`. Each schema is for itself: what becomes of another one, `public`
 * or not, changes nothing here. DATABASE_MISMATCH when an applied step was changed, the database
 * is ahead of the code, or tables were dropped that nothing can fill again.
 */
export async function migrate(
  options: MigratedSchema & { readonly database: Database; readonly log: Log },
): Promise<void> {
  const { database, log, schema, migrations, applied, whenDropped } = options;
  await database.script(locked(schema, makeMigrations(schema)));
  const taken = takenOf(migrations, await applied(database));
  const qualified = (name: string) => `${schema}.${name}`;
  const tables = relationsOf(taken, 'table').map(qualified);
  const lost = await missing(database, [...tables, ...relationsOf(taken, 'view').map(qualified)]);
  if (lost.length > 0 && whenDropped === 'refuse') {
    const advice = `restore them, or drop the schema ${schema}: then all it held is forgotten`;
    throw new VestnikError('DATABASE_MISMATCH', `${lost.join(', ')} were dropped; ${advice}`);
  }
  if (lost.length > 0) {
    log.warn({ lost }, 'tables were dropped; all are made anew and filled from the topics');
    const isLost = lost.map((name) => `to_regclass('${name}') is null`).join(' or ');
    const rest = forget(tables, relationsOf(taken, 'function').map(qualified));
    await database.script(locked(schema, `if ${isLost} then ${rest} end if;`));
  }
  for (const migration of pendingOf(migrations, await applied(database))) {
    log.info({ schema, migration: migration.name }, 'applying a migration');
    const statements = `${unhurried} ${locked(schema, apply(migration))}`;
    await database.script(statements, { answerTimeoutMs: stepTimeoutMs });
  }
}
