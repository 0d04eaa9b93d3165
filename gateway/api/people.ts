import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import { limits } from '../../schemas/limits.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { badRequest, problemResponses, sendProblem } from '../http/problem.ts';
import type { PeopleChanges } from '../people/change-people.ts';
import { type Person, personOf } from '../people/person.ts';
import { liftReasons, type SuppressionReason, suppressionReasons } from '../people/wishes.ts';
import type { TableSource } from '../read/tables.ts';
import {
  ChannelName,
  Id,
  IdParams,
  isoTime,
  OrNull,
  Time,
  UpstreamChannelName,
  UpstreamEventName,
} from './schemas.ts';
import { UserView, userView } from './users.ts';

const PersonView = Type.Object(
  {
    id: Type.String(),
    user: OrNull(UserView),
    preference: OrNull(
      Type.Object({
        opted_out_channels: Type.Array(UpstreamChannelName),
        opted_out_events: Type.Array(UpstreamEventName),
        updated_at: Time,
      }),
    ),
    suppressions: Type.Array(
      Type.Object({
        channel: UpstreamChannelName,
        address: Type.String(),
        reason: Type.String(),
        since: Time,
      }),
      { description: 'Addresses that must not be used.' },
    ),
  },
  { description: 'The person, what they do not want, and where they cannot be reached.' },
);

const Wishes = Type.Object(
  {
    opted_out_channels: Type.Array(UpstreamChannelName, { maxItems: 20 }),
    opted_out_events: Type.Array(UpstreamEventName, { maxItems: 20 }),
  },
  {
    additionalProperties: false,
    description: 'All that the person does not want: what is not named here is wanted again.',
    examples: [{ opted_out_channels: ['sms'], opted_out_events: ['movieAdded'] }],
  },
);

const Address = Type.String({
  minLength: 1,
  maxLength: limits.addressChars,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
});

const Suppress = Type.Object(
  {
    channel: ChannelName,
    address: Type.Optional(Address),
    reason: Type.Enum(Object.keys(suppressionReasons) as SuppressionReason[]),
  },
  {
    additionalProperties: false,
    description: 'Without an address: the one that the person has now.',
    examples: [{ channel: 'email', reason: 'stopped' }],
  },
);

const Lift = Type.Object(
  { channel: UpstreamChannelName, address: Address, reason: Type.Enum([...liftReasons]) },
  {
    additionalProperties: false,
    examples: [{ channel: 'email', address: 'anna@example.com', reason: 'askedByPerson' }],
  },
);

const Erase = Type.Object(
  { id: Id },
  {
    additionalProperties: false,
    description: 'The id once more, so that nobody is erased by a slip.',
    examples: [{ id: '1' }],
  },
);

const ErasedView = Type.Object(
  { id: Type.String(), erased_at: Time },
  { description: 'All replicas of Kafka have it; the history follows within seconds.' },
);

const viewOf = ({ id, user, preference, suppressions }: Person): Static<typeof PersonView> => ({
  id,
  user: user && userView(user),
  preference: preference && {
    opted_out_channels: [...preference.optedOutChannels],
    opted_out_events: [...preference.optedOutEvents],
    updated_at: isoTime(preference.updatedAt),
  },
  suppressions: suppressions.map((each) => ({ ...each, since: isoTime(each.since) })),
});

const tags = ['people'];
const person = { params: IdParams, tags };
const changed = { 200: PersonView, ...problemResponses(400, 401, 403, 404, 413, 415, 503) };

const schemas = {
  read: {
    ...person,
    operationId: 'getPerson',
    summary: 'A person, what they do not want to get, and addresses that must not be used',
    description: 'As the topics have it now. Found by id only.',
    security: securityOf('people:read'),
    response: { 200: PersonView, ...problemResponses(400, 401, 403, 404, 503) },
  },
  wishes: {
    ...person,
    operationId: 'setPreference',
    summary: 'Say what a person does not want to get; it holds from the next event on',
    security: securityOf('people:write'),
    body: Wishes,
    response: changed,
  },
  suppress: {
    ...person,
    operationId: 'suppressAddress',
    summary: 'Use an address of a person no more',
    description: 'A new address of the person is not affected.',
    security: securityOf('people:write'),
    body: Suppress,
    response: changed,
  },
  lift: {
    ...person,
    operationId: 'liftSuppression',
    summary: 'Use an address of a person again',
    security: securityOf('people:write'),
    body: Lift,
    response: changed,
  },
  erase: {
    ...person,
    operationId: 'erasePerson',
    summary: 'Erase a person: their rows, and their names, addresses and texts in the history',
    description:
      'Can be repeated. What was rendered already still goes out; docs/operations.md says what ' +
      'stays where, and for how long.',
    security: securityOf('people:erase'),
    body: Erase,
    response: { 202: ErasedView, ...problemResponses(400, 401, 403, 413, 415, 503) },
  },
};

type PeopleRoutesOptions = { readonly source: TableSource; readonly people: PeopleChanges };

/** GET and DELETE /api/v1/people/{id}, and what changes their wishes and suppressions. */
export function peopleRoutes({ source, people }: PeopleRoutesOptions): FastifyPluginAsyncTypebox {
  const url = '/api/v1/people/:id';
  const writes = requireScope('people:write');
  return async (app) => {
    const reads = { schema: schemas.read, onRequest: requireScope('people:read') };
    app.get(url, reads, async (request, reply) => {
      const found = personOf(source, request.params.id);
      return found.ok ? viewOf(found.value) : sendProblem(reply, found.problem);
    });
    const wishes = { schema: schemas.wishes, onRequest: writes };
    app.put(`${url}/preference`, wishes, async (request, reply) => {
      const { opted_out_channels: optedOutChannels, opted_out_events: optedOutEvents } =
        request.body;
      const asked = { optedOutChannels, optedOutEvents };
      const done = await people.changeWishes(askerOf(request), request.params.id, asked);
      return done.ok ? viewOf(done.value) : sendProblem(reply, done.problem);
    });
    const suppress = { schema: schemas.suppress, onRequest: writes };
    app.post(`${url}/suppressions`, suppress, async (request, reply) => {
      const asked = { address: null, ...request.body };
      const done = await people.suppress(askerOf(request), request.params.id, asked);
      return done.ok ? viewOf(done.value) : sendProblem(reply, done.problem);
    });
    const lift = { schema: schemas.lift, onRequest: writes };
    app.post(`${url}/suppressions/lift`, lift, async (request, reply) => {
      const done = await people.lift(askerOf(request), request.params.id, request.body);
      return done.ok ? viewOf(done.value) : sendProblem(reply, done.problem);
    });
    const erase = { schema: schemas.erase, onRequest: requireScope('people:erase') };
    app.delete(url, erase, async (request, reply) => {
      const { id } = request.params;
      if (request.body.id !== id) {
        const message = `must be ${id}, as in the path: nobody was erased`;
        return sendProblem(reply, badRequest({ field: 'id', message }));
      }
      const done = await people.erase(askerOf(request), id);
      if (!done.ok) return sendProblem(reply, done.problem);
      reply.code(202);
      return { id, erased_at: isoTime(done.value.erasedAtMs) };
    });
  };
}
