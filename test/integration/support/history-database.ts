import { inject } from 'vitest';
import type { Log } from '../../../runtime/log.ts';
import { type Database, openDatabase } from '../../../runtime/postgres.ts';

type Line = { readonly line: string };
const orderedLines = {
  projected_offsets: (database: Database) =>
    database.query<Line>`select each::text as line from projected_offsets each order by line`,
  requests: (database: Database) =>
    database.query<Line>`select each::text as line from requests each order by line`,
  notifications: (database: Database) =>
    database.query<Line>`select each::text as line from notifications each order by line`,
  decisions: (database: Database) =>
    database.query<Line>`select each::text as line from decisions each order by line`,
  delivery_events: (database: Database) =>
    database.query<Line>`select each::text as line from delivery_events each order by line`,
  notification_progress: (database: Database) =>
    database.query<Line>`select each::text as line from notification_progress each order by line`,
  dead_letters: (database: Database) =>
    database.query<Line>`select each::text as line from dead_letters each order by line`,
  redrives: (database: Database) =>
    database.query<Line>`select each::text as line from redrives each order by line`,
  audit_entries: (database: Database) =>
    database.query<Line>`select each::text as line from audit_entries each order by line`,
  events: (database: Database) =>
    database.query<Line>`select each::text as line from events each order by line`,
  minute_counts: (database: Database) =>
    database.query<Line>`select each::text as line from minute_counts each order by line`,
  fan_out_counts: (database: Database) =>
    database.query<Line>`select each::text as line from fan_out_counts each order by line`,
  fan_out_commands: (database: Database) =>
    database.query<Line>`select each::text as line from fan_out_commands each order by line`,
  people: (database: Database) =>
    database.query<Line>`select each::text as line from people each order by line`,
  erasures: (database: Database) =>
    database.query<Line>`select each::text as line from erasures each order by line`,
} as const;

/** A table of the history. */
export type HistoryTable = keyof typeof orderedLines;

/** All tables that a dump shows. */
export const historyTables = Object.keys(orderedLines) as readonly HistoryTable[];

/** A database of one test file's own, on the server that all tests share. */
export type HistoryDatabase = {
  readonly url: string;
  readonly database: Database;
  /** As somebody does who wants it all rebuilt. */
  dropSchema(): Promise<void>;
  /** The rows of a table as text, ordered; all of them, or those with a word in them. */
  lines(table: HistoryTable, word?: string): Promise<readonly string[]>;
  /** The states of a request's notifications, with how many are in each. */
  states(requestId: string): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
};

/** Makes an empty database. */
export async function createHistoryDatabase(name: string, log: Log): Promise<HistoryDatabase> {
  const shared = inject('infra').databaseUrl;
  const server = openDatabase({ url: shared, log, maxConnections: 1 });
  await server.script(`drop database if exists ${name} with (force)`);
  await server.script(`create database ${name}`);
  await server.close();
  const url = new URL(shared);
  url.pathname = `/${name}`;
  const database = openDatabase({ url: url.href, log });
  return {
    url: url.href,
    database,
    dropSchema: () => database.script('drop schema public cascade; create schema public'),
    async lines(table, word = '') {
      const rows = await orderedLines[table](database);
      return rows.map(({ line }) => line).filter((line) => line.includes(word));
    },
    async states(requestId) {
      const [found] = await database.query<{ made: boolean }>`
        select to_regclass('notification_states') is not null as made`;
      if (!found?.made) return {};
      const rows = await database.query<{ state: string; count: number }>`
        select state, count(*) as count from notification_states
        where request_id = ${requestId} group by state`;
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },
    close: () => database.close(),
  };
}
