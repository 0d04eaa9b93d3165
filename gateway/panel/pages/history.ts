import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { Clock } from '../../../runtime/clock.ts';
import type { Channel, EventType } from '../../../schemas/generated/records.ts';
import { isUuid } from '../../../schemas/ids.ts';
import { afterText, placeOf } from '../../api/keyset.ts';
import { notificationStates } from '../../read/history.ts';
import type {
  NotificationCursor,
  NotificationQuery,
  NotificationSearch,
} from '../../read/notification-search.ts';
import { Field, oneOf, pathWith, selectField, sinceOf, textField } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { lineView } from '../notification-lines.ts';
import { sendPage, wordsFor } from '../page.ts';
import type { Words } from '../words/words.ts';

const pageSize = 50;
const home = '/history';

const Query = Type.Object({
  user: Field,
  template: Field,
  event: Field,
  type: Field,
  channel: Field,
  state: Field,
  period: Field,
  after: Field,
});
type Query = Static<typeof Query>;

const namesOf = <N extends string>(words: Readonly<Record<N, unknown>>) =>
  Object.keys(words) as N[];

function cursorOf(after: string | undefined): NotificationCursor | null {
  const place = placeOf(after || undefined, isUuid);
  if (!place.ok || place.value === null) return null;
  return { occurredAtMs: place.value.atMs, notificationId: place.value.id };
}

/** What a form or a typed address asks for; a value that means nothing counts as none. Pure. */
function queryOf(query: Query, { shell, history }: Words, nowMs: number): NotificationQuery {
  return {
    userId: query.user || null,
    templateId: query.template || null,
    eventId: query.event || null,
    eventType: oneOf<EventType>(namesOf(history.events), query.type),
    requestId: null,
    channel: oneOf<Channel>(namesOf(shell.channels), query.channel),
    state: oneOf(notificationStates, query.state),
    sinceMs: sinceOf(query.period, nowMs),
    untilMs: null,
    limit: pageSize,
    after: cursorOf(query.after),
  };
}

function fieldsOf(query: Query, words: Words) {
  const { history, shell, states } = words;
  const { any } = shell;
  const { labels } = history;
  const select = (name: 'type' | 'channel' | 'state' | 'period') => ({
    name,
    label: labels[name],
    value: query[name],
  });
  return [
    textField('user', labels.user, query.user),
    textField('template', labels.template, query.template),
    textField('event', labels.event, query.event),
    selectField(select('type'), any, Object.entries(history.events)),
    selectField(select('channel'), any, Object.entries(shell.channels)),
    selectField(
      select('state'),
      any,
      notificationStates.map((state) => [state, states[state].name] as const),
    ),
    selectField(select('period'), any, Object.entries(history.periods)),
  ];
}

async function viewOf(search: NotificationSearch, query: Query, words: Words, nowMs: number) {
  const { notifications, next } = await search.list(queryOf(query, words, nowMs));
  const { after: _, ...filter } = query;
  const after =
    next === null ? null : afterText({ atMs: next.occurredAtMs, id: next.notificationId });
  return {
    words: words.history,
    fields: fieldsOf(query, words),
    isFiltered: Object.values(filter).some(Boolean),
    isLater: Boolean(query.after),
    firstPath: pathWith(home, filter),
    nextPath: after === null ? null : pathWith(home, { ...filter, after }),
    notifications: notifications.map((each) => lineView(each, words)),
  };
}

/** /history: the notifications, searched */
export function historyPages(options: {
  readonly notificationSearch: NotificationSearch;
  readonly clock: Clock;
}): FastifyPluginAsyncTypebox {
  const { notificationSearch: search, clock } = options;
  const onRequest = requireVisitor('notifications:read');
  return async (app) => {
    const schema = { querystring: Query };
    app.get(home, { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const data = await viewOf(search, request.query, words, clock.nowMs());
      const { title } = words.history;
      return sendPage(reply, { view: 'history', title, section: 'history', data });
    });
  };
}
