import type { Database } from '../../runtime/postgres.ts';
import { allOf, type Fragment, sql } from '../../runtime/sql.ts';
import type { BoundedReads } from './bounded-reads.ts';

/** Which letters are meant; null: all. Times are of the letter, both included. */
export type LetterFilter = {
  readonly code: string | null;
  readonly topic: string | null;
  readonly process: string | null;
  readonly key: string | null;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly redriven: boolean | null;
};

/** Where a letter lies, and when it was written: letters are listed by this, newest first. */
export type LetterCursor = {
  readonly writtenAtMs: number;
  readonly generation: number;
  readonly offset: number;
  readonly partition: number;
};

/** A dead letter. Null: its headers do not say. */
export type LetterLine = LetterCursor & {
  readonly code: string | null;
  readonly reason: string | null;
  readonly process: string | null;
  readonly topic: string | null;
  readonly sourcePartition: number | null;
  readonly sourceOffset: number | null;
  readonly sourceTimestampMs: number | null;
  readonly key: string | null;
  readonly leftOutBytes: number;
  /** Null: it was not sent back. */
  readonly redrivenAtMs: number | null;
};

/** A page of letters, and how many there are of each code on all pages. */
export type LetterPage = {
  readonly counts: readonly { readonly code: string | null; readonly count: number }[];
  readonly letters: readonly LetterLine[];
  /** The last letter of the page; null when there is none behind it. */
  readonly next: LetterCursor | null;
};

export type LetterQuery = LetterFilter & {
  readonly limit: number;
  readonly after: LetterCursor | null;
};

/** Where a letter lies in its topic. */
export type LetterPlace = Pick<LetterCursor, 'partition' | 'generation' | 'offset'>;

/** The dead letters, as PostgreSQL has them. */
export type DeadLetters = {
  /** DATABASE_UNAVAILABLE when PostgreSQL does not answer. */
  list(query: LetterQuery): Promise<LetterPage>;
  /** Null when the history has none there. */
  one(place: LetterPlace): Promise<LetterLine | null>;
};

type LetterRow = Omit<LetterLine, 'writtenAtMs' | 'redrivenAtMs'> & {
  readonly writtenAt: Date;
  readonly redrivenAt: Date | null;
};

function conditionsOf(filter: LetterFilter): Fragment {
  const { code, topic, process, key, sinceMs, untilMs, redriven } = filter;
  return allOf([
    ...(code === null ? [] : [sql`code = ${code}`]),
    ...(topic === null ? [] : [sql`source_topic = ${topic}`]),
    ...(process === null ? [] : [sql`process = ${process}`]),
    ...(key === null ? [] : [sql`key = ${key}`]),
    ...(sinceMs === null ? [] : [sql`written_at >= ${new Date(sinceMs)}`]),
    ...(untilMs === null ? [] : [sql`written_at <= ${new Date(untilMs)}`]),
    ...(redriven === null ? [] : [sql`(redriven_at is not null) = ${redriven}`]),
  ]);
}

async function readCounts(database: Database, filter: LetterFilter) {
  return database.query<{ code: string | null; count: number }>`
    select code, count(*) from dead_letter_states where ${conditionsOf(filter)}
    group by code order by count desc, code`;
}

/** Of later years PostgreSQL reads no ISO 8601; it holds no letter of them either. */
const lastTimeMs = Date.parse('9999-12-31T23:59:59.999Z');

function behind(after: LetterCursor | null): Fragment {
  if (after === null) return sql`true`;
  const { generation, offset, partition } = after;
  const writtenAt = new Date(Math.min(after.writtenAtMs, lastTimeMs));
  return sql`(written_at, generation, record_offset, partition)
    < (${writtenAt}, ${generation}::int, ${offset}::bigint, ${partition}::int)`;
}

/** One row more than the page tells whether there is a next one. */
async function readRows(database: Database, { limit, after, ...filter }: LetterQuery) {
  return database.query<LetterRow>`
    select partition, generation, record_offset as "offset", code, reason, process,
      source_topic as topic, source_partition as "sourcePartition",
      source_offset as "sourceOffset", source_timestamp_ms as "sourceTimestampMs", key,
      left_out_bytes as "leftOutBytes", written_at as "writtenAt", redriven_at as "redrivenAt"
    from dead_letter_states
    where ${conditionsOf(filter)} and ${behind(after)}
    order by written_at desc, generation desc, record_offset desc, partition desc
    limit ${limit + 1}`;
}

function lineOf({ writtenAt, redrivenAt, ...row }: LetterRow): LetterLine {
  const redrivenAtMs = redrivenAt?.getTime() ?? null;
  return { ...row, writtenAtMs: writtenAt.getTime(), redrivenAtMs };
}

async function readOne(database: Database, { partition, generation, offset }: LetterPlace) {
  return database.query<LetterRow>`
    select partition, generation, record_offset as "offset", code, reason, process,
      source_topic as topic, source_partition as "sourcePartition",
      source_offset as "sourceOffset", source_timestamp_ms as "sourceTimestampMs", key,
      left_out_bytes as "leftOutBytes", written_at as "writtenAt", redriven_at as "redrivenAt"
    from dead_letter_states
    where partition = ${partition} and generation = ${generation} and record_offset = ${offset}`;
}

/** The dead letters. Reads always end in time, however long the database takes. */
export function openDeadLetters(reads: BoundedReads): DeadLetters {
  return {
    one: (place) =>
      reads.read(async (database) => {
        const [row] = await readOne(database, place);
        return row ? lineOf(row) : null;
      }),
    list: (query) =>
      reads.read(async (database) => {
        const [counts, rows] = await Promise.all([
          readCounts(database, query),
          readRows(database, query),
        ]);
        const letters = rows.slice(0, query.limit).map(lineOf);
        return {
          counts,
          letters,
          next: rows.length > query.limit ? (letters.at(-1) ?? null) : null,
        };
      }),
  };
}
