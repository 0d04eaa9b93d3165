import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { maxPasswordChars, minPasswordChars } from '../../credentials/passwords.ts';
import type { Problem } from '../../http/problem.ts';
import type { Access } from '../access.ts';
import { Field } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendProblemPage } from '../problem-pages.ts';
import { keepSession } from '../session-cookie.ts';
import { visitorOf } from '../visitor.ts';
import type { AccessWords } from '../words/access.ts';

/** Longer ones are refused unread. */
const maxTypedChars = 1000;
const Typed = Type.String({ maxLength: maxTypedChars });
const Change = Type.Object({ old: Typed, new: Typed, again: Typed });
const Query = Type.Object({ done: Field });

const fieldsOf = ({ members }: Problem) =>
  ((members?.['errors'] ?? []) as readonly { readonly field: string }[]).map(({ field }) => field);

/** What a person reads of a refusal; null: it is not about the form. */
function errorOf(problem: Problem, words: AccessWords): string | null {
  if (problem.status === 429) return words.throttled;
  if (problem.status !== 400) return null;
  const isOld = fieldsOf(problem).includes('old_password');
  return isOld ? words.oldWrong : words.newWrong(minPasswordChars);
}

/** /password: of whoever is logged in */
export function passwordPages({ access }: { readonly access: Access }): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor(null);

  function sendForm(reply: FastifyReply, given: { readonly done: boolean; error: string | null }) {
    const words = wordsFor(reply.request).access;
    const hint = words.newHint(minPasswordChars);
    const { name } = visitorOf(reply.request).identity;
    const data = { words, hint, name, maxChars: maxPasswordChars, ...given };
    const title = words.passwordTitle;
    return sendPage(reply, { view: 'password', title, section: 'password', data });
  }

  return async (app) => {
    const schema = { querystring: Query };
    app.get('/password', { schema, onRequest }, async ({ query }, reply) =>
      sendForm(reply, { done: query.done === 'yes', error: null }),
    );

    app.post('/password', { schema: { body: Change }, onRequest }, async (request, reply) => {
      const words = wordsFor(request).access;
      const { old, new: newPassword, again } = request.body;
      if (newPassword !== again) {
        return sendForm(reply.code(422), { done: false, error: words.differ });
      }
      const { token } = visitorOf(request);
      const oldPassword = old === '' ? null : old;
      const changed = await access.changePassword({ token, oldPassword, newPassword });
      if (changed.ok) {
        keepSession(reply, changed.value);
        return reply.redirect('/password?done=yes', 303);
      }
      const error = errorOf(changed.problem, words);
      if (error === null) return sendProblemPage(reply, changed.problem);
      return sendForm(reply.code(422), { done: false, error });
    });
  };
}
