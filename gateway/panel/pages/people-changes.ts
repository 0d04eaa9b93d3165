import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { limits } from '../../../schemas/limits.ts';
import type { Outcome } from '../../http/problem.ts';
import { personOf } from '../../people/person.ts';
import {
  type LiftReason,
  liftReasons,
  type SuppressionReason,
  suppressionReasons,
} from '../../people/wishes.ts';
import { requireVisitor } from '../guards.ts';
import { personPath } from '../notification-lines.ts';
import { sendPage, wordsFor } from '../page.ts';
import { channels, eventTypes } from '../person-view.ts';
import { sendMissing, sendProblemPage } from '../problem-pages.ts';
import { Ticks, ticked } from '../ticks.ts';
import { visitorOf } from '../visitor.ts';
import { type doneThings, type PeoplePagesParts, sendPerson } from './people.ts';

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: limits.idBytes }) });

const Address = { maxLength: limits.addressChars, pattern: '^[^\\u0000-\\u001f\\u007f]*$' };
const Wishes = Type.Object({ channels: Ticks, events: Ticks });
const Suppress = Type.Object({
  channel: Type.Enum([...channels]),
  address: Type.String(Address),
  reason: Type.Enum(Object.keys(suppressionReasons) as SuppressionReason[]),
});
const Lift = Type.Object({
  channel: Type.Enum([...channels, 'unknown']),
  address: Type.String({ ...Address, minLength: 1 }),
  reason: Type.Enum([...liftReasons] as LiftReason[]),
});
const Erase = Type.Object({ id: Type.String({ maxLength: limits.idBytes }) });

type Done = (typeof doneThings)[number];

/** POST below /people/{id}: wishes and suppressions */
export function peopleChangePages(parts: PeoplePagesParts): FastifyPluginAsyncTypebox {
  const { peopleChanges } = parts;
  const onRequest = requireVisitor('people:write');

  /** Back to the person, or the person with what was wrong with the form. */
  function answer(reply: FastifyReply, id: string, changed: Outcome<unknown>, done: Done) {
    if (changed.ok) return reply.redirect(`${personPath(id)}?done=${done}`, 303);
    const words = wordsFor(reply.request).people;
    const { problem } = changed;
    if (problem.status === 404) return sendMissing(reply, words.missing(id));
    if (problem.status !== 400) return sendProblemPage(reply, problem);
    return sendPerson(reply.code(422), parts, { id, query: {}, error: words.noAddress });
  }

  return async (app) => {
    const wishing = { schema: { params: Params, body: Wishes }, onRequest };
    app.post('/people/:id/wishes', wishing, async (request, reply) => {
      const { id } = request.params;
      const changed = await peopleChanges.changeWishes(visitorOf(request).identity, id, {
        optedOutChannels: ticked(channels, request.body.channels),
        optedOutEvents: ticked(eventTypes, request.body.events),
      });
      return answer(reply, id, changed, 'saved');
    });

    const suppressing = { schema: { params: Params, body: Suppress }, onRequest };
    app.post('/people/:id/suppressions', suppressing, async (request, reply) => {
      const { id } = request.params;
      const { channel, reason } = request.body;
      const address = request.body.address.trim() || null;
      const { identity } = visitorOf(request);
      const changed = await peopleChanges.suppress(identity, id, { channel, address, reason });
      return answer(reply, id, changed, 'suppressed');
    });

    const lifting = { schema: { params: Params, body: Lift }, onRequest };
    app.post('/people/:id/suppressions/lift', lifting, async (request, reply) => {
      const { id } = request.params;
      const { channel, address, reason } = request.body;
      const { identity } = visitorOf(request);
      const changed = await peopleChanges.lift(identity, id, { channel, address, reason });
      return answer(reply, id, changed, 'lifted');
    });
  };
}

/** /people/{id}/erase: what it does, and the id once more */
export function erasePages({ source, peopleChanges }: PeoplePagesParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('people:erase');

  function sendForm(reply: FastifyReply, id: string, error: string | null) {
    const words = wordsFor(reply.request).people;
    const found = personOf(source, id, 'preferences');
    if (!found.ok && found.problem.status === 404) return sendMissing(reply, words.missing(id));
    const data = {
      words,
      name: found.ok ? (found.value.user?.fullName ?? id) : id,
      path: personPath(id),
      confirm: words.eraseConfirm(id),
      error,
      isErased: false,
    };
    return sendPage(reply, { view: 'erase', title: words.eraseTitle, section: 'people', data });
  }

  return async (app) => {
    const asking = { schema: { params: Params }, onRequest };
    app.get('/people/:id/erase', asking, async ({ params }, reply) =>
      sendForm(reply, params.id, null),
    );
    const erasing = { schema: { params: Params, body: Erase }, onRequest };
    app.post('/people/:id/erase', erasing, async (request, reply) => {
      const { id } = request.params;
      const words = wordsFor(request).people;
      if (request.body.id.trim() !== id) return sendForm(reply.code(422), id, words.eraseMistyped);
      const erased = await peopleChanges.erase(visitorOf(request).identity, id);
      if (!erased.ok) return sendProblemPage(reply, erased.problem);
      const data = { words, isErased: true };
      return sendPage(reply, { view: 'erase', title: words.erasedTitle, section: 'people', data });
    });
  };
}
