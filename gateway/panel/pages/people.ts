import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { VestnikError } from '../../../runtime/errors.ts';
import { limits } from '../../../schemas/limits.ts';
import type { PeopleChanges } from '../../people/change-people.ts';
import { personOf } from '../../people/person.ts';
import type { NotificationQuery, NotificationSearch } from '../../read/notification-search.ts';
import type { FoundPeople, PeopleSearch } from '../../read/people-search.ts';
import type { TableSource } from '../../read/tables.ts';
import { Field, oneOf, pathWith, selectField, textField } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { lineView, personPath } from '../notification-lines.ts';
import { sendPage, wordsFor } from '../page.ts';
import { eventTypes, personView } from '../person-view.ts';
import { sendMissing, sendProblemPage } from '../problem-pages.ts';
import { visitorOf } from '../visitor.ts';
import type { Words } from '../words/words.ts';

const shownNotifications = 20;
/** Looked at for the list of people who were written to lately. */
const latelyLookedAt = 60;
const shownPeople = 12;

const Wanted = Type.Object({ id: Field });
const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: limits.idBytes }) });
const Query = Type.Object({ template: Field, event: Field, type: Field, done: Field });
type Query = Static<typeof Query>;

/** What a page says was just done. */
export const doneThings = ['saved', 'suppressed', 'lifted'] as const;

/** What pages of people work with. */
export type PeoplePagesParts = {
  readonly source: TableSource;
  readonly notificationSearch: NotificationSearch;
  readonly peopleChanges: PeopleChanges;
  readonly peopleSearch: PeopleSearch;
};

const everything: NotificationQuery = {
  userId: null,
  templateId: null,
  eventId: null,
  eventType: null,
  requestId: null,
  channel: null,
  state: null,
  sinceMs: null,
  untilMs: null,
  limit: latelyLookedAt,
  after: null,
};

/** Null while the history cannot be read: the tables are shown all the same. */
async function orNull<V>(reading: Promise<V>): Promise<V | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof VestnikError && error.retryable) return null;
    throw error;
  }
}

async function latelyOf({ notificationSearch }: PeoplePagesParts) {
  const page = await orNull(notificationSearch.list(everything));
  const ids = new Set(page?.notifications.map(({ userId }) => userId));
  return [...ids].slice(0, shownPeople).map((id) => ({ id, path: personPath(id) }));
}

function fieldsOf(query: Query, words: Words) {
  const { labels, events } = words.history;
  const type = { name: 'type', label: labels.type, value: query.type };
  const choices = eventTypes.map((each) => [each, events[each]] as const);
  return [
    selectField(type, words.shell.any, choices),
    textField('template', labels.template, query.template),
    textField('event', labels.event, query.event),
  ];
}

async function gotView(parts: PeoplePagesParts, id: string, query: Query, words: Words) {
  const { template, event, type } = query;
  const page = await orNull(
    parts.notificationSearch.list({
      ...everything,
      userId: id,
      templateId: template || null,
      eventId: event || null,
      eventType: oneOf(eventTypes, type),
      limit: shownNotifications,
    }),
  );
  return {
    fields: fieldsOf(query, words),
    labels: words.history.labels,
    away: page === null ? words.problems.unavailable.database : null,
    notifications: page?.notifications.map((each) => lineView(each, words)) ?? [],
    allPath: pathWith('/history', { user: id }),
  };
}

/** Answers with somebody's page; 404 in words when nobody has the id. */
export async function sendPerson(
  reply: FastifyReply,
  parts: PeoplePagesParts,
  given: {
    readonly id: string;
    readonly query: Query;
    readonly error: string | null;
  },
) {
  const { id, query, error } = given;
  const words = wordsFor(reply.request);
  const { scopes } = visitorOf(reply.request).identity;
  const found = personOf(parts.source, id, 'preferences');
  if (!found.ok && found.problem.status === 404)
    return sendMissing(reply, words.people.missing(id));
  if (!found.ok) return sendProblemPage(reply, found.problem);
  const done = oneOf(doneThings, query.done);
  const may = {
    write: scopes.has('people:write'),
    erase: scopes.has('people:erase'),
    history: scopes.has('notifications:read'),
  };
  const data = {
    ...personView(found.value, words, { source: parts.source, may }),
    got: may.history ? await gotView(parts, id, query, words) : null,
    error,
    done: done === null ? null : words.people[done],
  };
  const title = `${found.value.user?.fullName ?? id} · ${words.people.title}`;
  return sendPage(reply, { view: 'person', title, section: 'people', data });
}

function foundView({ people, hasMore }: FoundPeople, { people: words }: Words) {
  return {
    people: people.map(({ userId, fullName, email, phone }) => {
      return { id: userId, fullName, email, phone, path: personPath(userId) };
    }),
    more: hasMore ? words.moreFound : null,
  };
}

/** /people: look somebody up; /people/{id}: what is known of them, and what they got */
export function peoplePages(parts: PeoplePagesParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('people:read');
  return async (app) => {
    const looking = { schema: { querystring: Wanted }, onRequest };
    app.get('/people', looking, async (request, reply) => {
      const words = wordsFor(request);
      const id = request.query.id?.trim() ?? '';
      const found = id === '' ? null : personOf(parts.source, id, 'preferences');
      if (found?.ok) return reply.redirect(personPath(id), 303);
      if (found && found.problem.status !== 404) return sendProblemPage(reply, found.problem);
      const { scopes } = visitorOf(request).identity;
      const others = id === '' ? null : await orNull(parts.peopleSearch.find(id));
      const isNobody = others?.people.length === 0;
      const away = id !== '' && others === null ? words.problems.unavailable.database : null;
      const data = {
        words: words.people,
        id,
        error: isNobody ? words.people.nobodyFound(id) : away,
        found: others === null || isNobody ? null : foundView(others, words),
        lately: scopes.has('notifications:read') ? await latelyOf(parts) : null,
      };
      const { title } = words.people;
      return sendPage(reply, { view: 'people', title, section: 'people', data });
    });

    const one = { schema: { params: Params, querystring: Query }, onRequest };
    app.get('/people/:id', one, async ({ params, query }, reply) =>
      sendPerson(reply, parts, { id: params.id, query, error: null }),
    );
  };
}
