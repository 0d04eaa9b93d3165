import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Name } from '../../api/schemas.ts';
import type { AccountChange } from '../../credentials/accounts.ts';
import { roles } from '../../credentials/roles.ts';
import type { Problem } from '../../http/problem.ts';
import { requireVisitor } from '../guards.ts';
import { wordsFor } from '../page.ts';
import { sendMissing, sendProblemPage } from '../problem-pages.ts';
import { visitorOf } from '../visitor.ts';
import { type AccessPagesParts, One, sendAccess, sendSecret } from './access.ts';

const Wanted = Type.Object({
  name: Name('Of the person.'),
  role: Type.Enum([...roles]),
});
const Change = Type.Object({
  role: Type.Optional(Type.Enum([...roles])),
  disabled: Type.Optional(Type.Enum(['yes', 'no'])),
});

/** The address of a link, as the browser that asked for it knows this site. */
const addressOf = ({ headers }: FastifyRequest, path: string) =>
  `${URL.parse(headers.origin ?? '')?.origin ?? ''}${path}`;

/** Below /access/accounts: add somebody, change their role, disable them, a new link for them */
export function accessAccountPages(parts: AccessPagesParts): FastifyPluginAsyncTypebox {
  const { access } = parts;
  const onRequest = requireVisitor('admin');

  function refuse(
    reply: FastifyReply,
    problem: Problem,
    conflict: 'taken' | 'lastAdmin' | 'disabledFirst',
  ) {
    const words = wordsFor(reply.request).access;
    if (problem.status === 404) return sendMissing(reply, words.missing);
    if (problem.status === 400) return sendAccess(reply.code(422), parts, words.wrongForm);
    if (problem.status === 403) return sendAccess(reply.code(403), parts, words.escalation);
    if (problem.status !== 409) return sendProblemPage(reply, problem);
    return sendAccess(reply.code(409), parts, words[conflict]);
  }

  function sendLink(reply: FastifyReply, name: string, path: string) {
    const words = wordsFor(reply.request).access;
    const secret = addressOf(reply.request, path);
    return sendSecret(reply, { title: words.linkTitle, lead: words.linkLead(name), secret });
  }

  return async (app) => {
    const adding = { schema: { body: Wanted }, onRequest };
    app.post('/access/accounts', adding, async (request, reply) => {
      const { name, role } = request.body;
      const made = await access.createAccount(visitorOf(request).identity, { name, role });
      if (!made.ok) return refuse(reply, made.problem, 'taken');
      return sendLink(reply, made.value.account.name, made.value.link.path);
    });

    const changing = { schema: { params: One, body: Change }, onRequest };
    app.post('/access/accounts/:id', changing, async (request, reply) => {
      const { role, disabled } = request.body;
      const wanted: AccountChange = {
        ...(role !== undefined && { role }),
        ...(disabled !== undefined && { disabled: disabled === 'yes' }),
      };
      const { id } = request.params;
      const changed = await access.changeAccount(visitorOf(request).identity, id, wanted);
      if (!changed.ok) return refuse(reply, changed.problem, 'lastAdmin');
      return reply.redirect('/access', 303);
    });

    const linking = { schema: { params: One }, onRequest };
    app.post('/access/accounts/:id/link', linking, async (request, reply) => {
      const { id } = request.params;
      const linked = await access.linkFor(visitorOf(request).identity, id);
      if (!linked.ok) return refuse(reply, linked.problem, 'disabledFirst');
      const account = (await access.accounts()).find((each) => each.id === id);
      return sendLink(reply, account?.name ?? id, linked.value.path);
    });
  };
}
