import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../../runtime/clock.ts';
import type { Access } from '../access.ts';
import { accountView, keyView, roleChoices, scopeChoices } from '../access-views.ts';
import { choicesOf } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { visitorOf } from '../visitor.ts';

/** What pages of access work with. */
export type AccessPagesParts = { readonly access: Access; readonly clock: Clock };

/** A path names one key or account. */
export const One = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
});

/** The page of keys and accounts; `error` says what was wrong with the form that was sent. */
export async function sendAccess(
  reply: FastifyReply,
  { access, clock }: AccessPagesParts,
  error: string | null = null,
) {
  const words = wordsFor(reply.request);
  const { identity } = visitorOf(reply.request);
  const [keys, accounts] = await Promise.all([access.keys(), access.accounts()]);
  const data = {
    words: words.access,
    error,
    keys: keys.map((key) => keyView(key, clock.nowMs(), words)),
    accounts: accounts.map((account) => accountView(account, identity.id, words)),
    scopeChoices: scopeChoices(identity.scopes, words),
    roleChoices: roleChoices(words),
    expiryChoices: choicesOf(Object.entries(words.access.expiries), 'year'),
  };
  const { title } = words.access;
  return sendPage(reply, { view: 'access', title, section: 'access', data });
}

/** A page with a secret, which is shown once: nothing keeps it, not even the browser's cache. */
export function sendSecret(
  reply: FastifyReply,
  shown: { readonly title: string; readonly lead: string; readonly secret: string },
) {
  const data = { words: wordsFor(reply.request).access, shown };
  const page = { view: 'secret', title: shown.title, section: 'access', data } as const;
  return sendPage(reply.code(201), page);
}

/** /access: API keys and who may log in */
export function accessPages(parts: AccessPagesParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('admin');
  return async (app) => {
    app.get('/access', { onRequest }, async (_request, reply) => sendAccess(reply, parts));
  };
}
