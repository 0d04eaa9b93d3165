import { afterAll, beforeAll, expect, test } from 'vitest';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import { type AuditLog, type AuditQuery, openAuditLog } from '../../gateway/read/audit-log.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });
const startMs = Date.parse('2026-01-01T00:00:00Z');
const everything: AuditQuery = {
  actorId: null,
  action: null,
  subjectKind: null,
  subjectId: null,
  sinceMs: null,
  untilMs: null,
  limit: 100,
  after: null,
};

let history: HistoryDatabase;
let auditLog: AuditLog;

/** 300 entries, three at each moment. */
beforeAll(async () => {
  history = await createHistoryDatabase('audit_log_test', log);
  const { database } = history;
  await migrate({ ...historySchema(), database, log });
  await database.query`
    insert into audit_entries
    select 'e-' || n, ${new Date(startMs)}::timestamptz + (n / 3) * '1s'::interval, 'key',
      'k-' || n % 2, 'robots', 'thing.done-' || n % 5, 'thing', 't-' || n % 10, null
    from generate_series(0, 299) n`;
  auditLog = openAuditLog(boundReads({ database, clock: systemClock }));
});

afterAll(() => history?.close());

test('pages miss nothing and repeat nothing, newest first', async () => {
  const seen: string[] = [];
  let after: AuditQuery['after'] = null;
  do {
    const page = await auditLog.list({ ...everything, limit: 7, after });
    seen.push(...page.entries.map(({ entryId }) => entryId));
    after = page.next;
  } while (after !== null);
  expect(seen.length).toBe(300);
  expect(new Set(seen).size).toBe(300);
  expect(seen.slice(0, 3).toSorted()).toEqual(['e-297', 'e-298', 'e-299']);
});

test.each<[string, Partial<AuditQuery>, number]>([
  ['actor', { actorId: 'k-1', limit: 500 }, 150],
  ['action', { action: 'thing.done-2' }, 60],
  ['subject', { subjectKind: 'thing', subjectId: 't-3' }, 30],
  ['another kind of subject', { subjectKind: 'other', subjectId: 't-3' }, 0],
  ['time', { sinceMs: startMs + 1000, untilMs: startMs + 2000 }, 6],
])('by %s', async (_, asked, count) => {
  const { entries, next } = await auditLog.list({ ...everything, ...asked });
  expect(entries.length).toBe(count);
  expect(next).toBeNull();
});
