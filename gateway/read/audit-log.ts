import type { Database } from '../../runtime/postgres.ts';
import { allOf, type Fragment, sql } from '../../runtime/sql.ts';
import type { BoundedReads } from './bounded-reads.ts';

/** Which entries are meant; null: all. Times are included. */
export type AuditFilter = {
  readonly actorId: string | null;
  readonly action: string | null;
  readonly subjectKind: string | null;
  readonly subjectId: string | null;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
};

/** Entries are listed by this, newest first. */
export type AuditCursor = { readonly atMs: number; readonly entryId: string };

export type AuditQuery = AuditFilter & {
  readonly limit: number;
  readonly after: AuditCursor | null;
};

/** Who did what to what. */
export type AuditLine = AuditCursor & {
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  /** JSON, ids and counts. */
  readonly detail: string | null;
};

/** A page of entries; `next` is null when there are none behind it. */
export type AuditPage = {
  readonly entries: readonly AuditLine[];
  readonly next: AuditCursor | null;
};

/** The audit log, as PostgreSQL has it. */
export type AuditLog = {
  /** DATABASE_UNAVAILABLE when PostgreSQL does not answer. */
  list(query: AuditQuery): Promise<AuditPage>;
};

type Row = Omit<AuditLine, 'atMs'> & { readonly at: Date };

function conditionsOf(query: AuditQuery): Fragment {
  const { actorId, action, subjectKind, subjectId, sinceMs, untilMs, after } = query;
  return allOf([
    ...(actorId === null ? [] : [sql`actor_id = ${actorId}`]),
    ...(action === null ? [] : [sql`action = ${action}`]),
    ...(subjectKind === null ? [] : [sql`subject_kind = ${subjectKind}`]),
    ...(subjectId === null ? [] : [sql`subject_id = ${subjectId}`]),
    ...(sinceMs === null ? [] : [sql`happened_at >= ${new Date(sinceMs)}`]),
    ...(untilMs === null ? [] : [sql`happened_at <= ${new Date(untilMs)}`]),
    ...(after === null
      ? []
      : [sql`(happened_at, entry_id) < (${new Date(after.atMs)}, ${after.entryId})`]),
  ]);
}

/** One row more than the page tells whether there is a next one. */
const readRows = (database: Database, query: AuditQuery) => database.query<Row>`
  select entry_id as "entryId", happened_at as at, actor_kind as "actorKind",
    actor_id as "actorId", actor_name as "actorName", action, subject_kind as "subjectKind",
    subject_id as "subjectId", detail
  from audit_entries where ${conditionsOf(query)}
  order by happened_at desc, entry_id desc limit ${query.limit + 1}`;

/** The audit log. Reads always end in time, however long the database takes. */
export function openAuditLog(reads: BoundedReads): AuditLog {
  return {
    list: (query) =>
      reads.read(async (database) => {
        const rows = await readRows(database, query);
        const lines = rows.slice(0, query.limit);
        const entries = lines.map(({ at, ...line }) => ({ ...line, atMs: at.getTime() }));
        return { entries, next: rows.length > query.limit ? (entries.at(-1) ?? null) : null };
      }),
  };
}
