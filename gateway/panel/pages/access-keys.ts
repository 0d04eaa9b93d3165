import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Name } from '../../api/schemas.ts';
import type { ApiKey, WantedKey } from '../../credentials/api-keys.ts';
import { scopes } from '../../http/identity.ts';
import type { Problem } from '../../http/problem.ts';
import { Field } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendMissing, sendProblemPage } from '../problem-pages.ts';
import { Ticks, ticked } from '../ticks.ts';
import { visitorOf } from '../visitor.ts';
import { type AccessPagesParts, One, sendAccess, sendSecret } from './access.ts';

const dayMs = 24 * 60 * 60 * 1000;
const expiryDays = { never: null, month: 30, quarter: 90, year: 365 } as const;
type Expiry = keyof typeof expiryDays;

/** What PostgreSQL's int holds is ten digits; nine are enough for any quota. */
const Quota = Type.Optional(Type.String({ pattern: '^(|[1-9][0-9]{0,8})$' }));
const Wanted = Type.Object({
  name: Name('Of the service.'),
  scopes: Ticks,
  expires: Type.Enum(Object.keys(expiryDays) as Expiry[]),
  requests_per_minute: Quota,
  notifications_per_day: Quota,
});
const Named = Type.Object({ name: Field });

const numberOrNull = (text: string | undefined) => (text ? Number(text) : null);

/** What a form asks for. Pure. */
function wantedOf(body: Static<typeof Wanted>, nowMs: number): WantedKey {
  const days = expiryDays[body.expires];
  return {
    name: body.name,
    scopes: ticked(scopes, body.scopes),
    requestsPerMinute: numberOrNull(body.requests_per_minute),
    notificationsPerDay: numberOrNull(body.notifications_per_day),
    expiresAtMs: days === null ? null : nowMs + days * dayMs,
  };
}

/** Below /access/keys: make one, whose secret is shown once; revoke one, whose name is typed */
export function accessKeyPages(parts: AccessPagesParts): FastifyPluginAsyncTypebox {
  const { access, clock } = parts;
  const onRequest = requireVisitor('admin');

  function refuse(reply: FastifyReply, problem: Problem) {
    const words = wordsFor(reply.request).access;
    if (problem.status === 400) return sendAccess(reply.code(422), parts, words.wrongForm);
    if (problem.status === 403) return sendAccess(reply.code(403), parts, words.escalation);
    if (problem.status === 409) return sendAccess(reply.code(409), parts, words.tooMany);
    return sendProblemPage(reply, problem);
  }

  function sendRevocation(reply: FastifyReply, key: ApiKey, error: string | null = null) {
    const words = wordsFor(reply.request).access;
    const path = `/access/keys/${key.id}/revoke`;
    const data = { words, path, name: key.name, confirm: words.revokeConfirm(key.name), error };
    const title = words.revokeTitle;
    return sendPage(reply, { view: 'revoke', title, section: 'access', data });
  }

  const keyOf = async (id: string) => (await access.keys()).find((key) => key.id === id);

  return async (app) => {
    app.post('/access/keys', { schema: { body: Wanted }, onRequest }, async (request, reply) => {
      const words = wordsFor(request).access;
      const wanted = wantedOf(request.body, clock.nowMs());
      if (wanted.scopes.length === 0) return sendAccess(reply.code(422), parts, words.wrongForm);
      const made = await access.createKey(visitorOf(request).identity, wanted);
      if (!made.ok) return refuse(reply, made.problem);
      const { key, secret } = made.value;
      const title = `${words.secretTitle}: ${key.name}`;
      return sendSecret(reply, { title, lead: words.secretLead, secret });
    });

    const one = { schema: { params: One }, onRequest };
    app.get('/access/keys/:id/revoke', one, async (request, reply) => {
      const key = await keyOf(request.params.id);
      if (!key) return sendMissing(reply, wordsFor(request).access.missing);
      return sendRevocation(reply, key);
    });

    const revoking = { schema: { params: One, body: Named }, onRequest };
    app.post('/access/keys/:id/revoke', revoking, async (request, reply) => {
      const words = wordsFor(request).access;
      const key = await keyOf(request.params.id);
      if (!key) return sendMissing(reply, words.missing);
      if (request.body.name?.trim() !== key.name) {
        return sendRevocation(reply.code(422), key, words.revokeMistyped);
      }
      const revoked = await access.revokeKey(visitorOf(request).identity, key.id);
      return revoked.ok ? reply.redirect('/access', 303) : sendProblemPage(reply, revoked.problem);
    });
  };
}
