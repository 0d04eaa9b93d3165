import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { Clock } from '../../../runtime/clock.ts';
import { afterText, placeOf } from '../../api/keyset.ts';
import type { AuditCursor, AuditLine, AuditLog } from '../../read/audit-log.ts';
import { Field, pathWith, selectField, sinceOf, textField } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { personPath } from '../notification-lines.ts';
import { sendPage, wordsFor } from '../page.ts';
import { shownTime } from '../times.ts';
import type { Words } from '../words/words.ts';

const pageSize = 50;
const home = '/audit';

const Query = Type.Object({
  action: Field,
  actor: Field,
  subject: Field,
  period: Field,
  after: Field,
});
type Query = Static<typeof Query>;

function cursorOf(after: string | undefined): AuditCursor | null {
  const place = placeOf(after || undefined, () => true);
  if (!place.ok || place.value === null) return null;
  return { atMs: place.value.atMs, entryId: place.value.id };
}

/** What a word of the record is called; one that this release does not know is shown as it is. */
const named = (names: Readonly<Record<string, string>>, word: string): string =>
  Object.hasOwn(names, word) ? (names[word] ?? word) : word;

/** The page of what was changed; null where there is none. */
function subjectPath({ subjectKind, subjectId }: AuditLine): string | null {
  switch (subjectKind) {
    case 'user':
      return personPath(subjectId);
    case 'template':
      return `/templates/${encodeURIComponent(subjectId)}`;
    case 'request':
      return `/requests/${encodeURIComponent(subjectId)}`;
    case 'account':
    case 'api-key':
      return '/access';
    default:
      return null;
  }
}

function entryView(entry: AuditLine, { audit, language }: Words) {
  return {
    when: shownTime(language, entry.atMs),
    who: entry.actorName,
    whoId: entry.actorId,
    whoKind: named(audit.actorKinds, entry.actorKind),
    what: named(audit.actions, entry.action),
    subjectKind: named(audit.subjectKinds, entry.subjectKind),
    subjectId: entry.subjectId,
    path: subjectPath(entry),
    detail: entry.detail,
  };
}

function fieldsOf(query: Query, { audit, history, shell }: Words) {
  const action = { name: 'action', label: audit.action, value: query.action };
  const period = { name: 'period', label: audit.period, value: query.period };
  return [
    selectField(action, shell.any, Object.entries(audit.actions)),
    textField('actor', audit.actor, query.actor),
    textField('subject', audit.subject, query.subject),
    selectField(period, shell.any, Object.entries(history.periods)),
  ];
}

/** /audit: who changed what */
export function auditPages(options: {
  readonly auditLog: AuditLog;
  readonly clock: Clock;
}): FastifyPluginAsyncTypebox {
  const { auditLog, clock } = options;
  const onRequest = requireVisitor('audit:read');

  async function viewOf(query: Query, words: Words) {
    const { action, actor, subject, period } = query;
    const { entries, next } = await auditLog.list({
      actorId: actor || null,
      action: action || null,
      subjectKind: null,
      subjectId: subject || null,
      sinceMs: sinceOf(period, clock.nowMs()),
      untilMs: null,
      limit: pageSize,
      after: cursorOf(query.after),
    });
    const { after: _, ...filter } = query;
    const after = next === null ? null : afterText({ atMs: next.atMs, id: next.entryId });
    return {
      words: words.audit,
      fields: fieldsOf(query, words),
      isFiltered: Object.values(filter).some(Boolean),
      isLater: Boolean(query.after),
      firstPath: pathWith(home, filter),
      nextPath: after === null ? null : pathWith(home, { ...filter, after }),
      entries: entries.map((entry) => entryView(entry, words)),
    };
  }

  return async (app) => {
    const schema = { querystring: Query };
    app.get(home, { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const data = await viewOf(request.query, words);
      const { title } = words.audit;
      return sendPage(reply, { view: 'audit', title, section: 'audit', data });
    });
  };
}
