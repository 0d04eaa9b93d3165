import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import { requireScope, securityOf } from '../http/identity.ts';
import { type Outcome, problemResponses, sendProblem } from '../http/problem.ts';
import type { AuditLine, AuditLog, AuditPage, AuditQuery } from '../read/audit-log.ts';
import { Bound, Filter, Limit, timesOf } from './filters.ts';
import { After, afterText, placeOf } from './keyset.ts';
import { isoTime, OrNull, Time } from './schemas.ts';

/** About 300 KB of answer; more would hold the event loop of everyone. */
const pageSize = { usual: 50, max: 500 };

const Query = Type.Object(
  {
    actor_id: Filter('Who did it: id of an API key or a person; of a key in API_KEYS its name.'),
    action: Filter('What was done: template.published, preference.changed …'),
    subject_kind: Filter('To what kind of thing: template, user, api-key …'),
    subject_id: Filter('Its id.'),
    since: Bound('At this time or later.'),
    until: Bound('At this time or earlier.'),
    limit: Limit('entries', pageSize),
    after: After,
  },
  { additionalProperties: false },
);

const Entry = Type.Object({
  entry_id: Type.String(),
  at: Time,
  actor: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  action: Type.String(),
  subject: Type.Object({ kind: Type.String(), id: Type.String() }),
  detail: Type.Unknown({ description: 'An object with ids and counts, or null.' }),
});

const Page = Type.Object(
  {
    entries: Type.Array(Entry, { description: 'One page, newest first.' }),
    next_after: OrNull(Type.String({ description: 'Null on the last page.' })),
  },
  { description: 'The entries, as far as the history knows.' },
);

/** Whatever wrote it: what is no JSON is shown as the text it is. */
function detailOf(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const entryView = (line: AuditLine): Static<typeof Entry> => ({
  entry_id: line.entryId,
  at: isoTime(line.atMs),
  actor: { kind: line.actorKind, id: line.actorId, name: line.actorName },
  action: line.action,
  subject: { kind: line.subjectKind, id: line.subjectId },
  detail: detailOf(line.detail),
});

const pageView = ({ entries, next }: AuditPage): Static<typeof Page> => ({
  entries: entries.map(entryView),
  next_after: next === null ? null : afterText({ atMs: next.atMs, id: next.entryId }),
});

function queryOf(query: Static<typeof Query>): Outcome<AuditQuery> {
  const times = timesOf(query);
  if (!times.ok) return times;
  const after = placeOf(query.after, (id) => !id.includes('\0'));
  if (!after.ok) return after;
  const { value: place } = after;
  return {
    ok: true,
    value: {
      actorId: query.actor_id ?? null,
      action: query.action ?? null,
      subjectKind: query.subject_kind ?? null,
      subjectId: query.subject_id ?? null,
      ...times.value,
      limit: query.limit ?? pageSize.usual,
      after: place && { atMs: place.atMs, entryId: place.id },
    },
  };
}

const schema = {
  operationId: 'listAudit',
  summary: 'Who changed what, newest first',
  description: 'From the history, which follows the topic audit with a short delay.',
  tags: ['operations'],
  security: securityOf('audit:read'),
  querystring: Query,
  response: { 200: Page, ...problemResponses(400, 401, 403, 503) },
};

/** GET /api/v1/audit */
export function auditRoutes(options: { readonly auditLog: AuditLog }): FastifyPluginAsyncTypebox {
  const { auditLog } = options;
  const onRequest = requireScope('audit:read');
  return async (app) => {
    app.get('/api/v1/audit', { schema, onRequest }, async (request, reply) => {
      const query = queryOf(request.query);
      if (!query.ok) return sendProblem(reply, query.problem);
      return pageView(await auditLog.list(query.value));
    });
  };
}
