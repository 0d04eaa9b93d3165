import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { LiveStreams } from '../live.ts';
import { sendPage, wordsFor } from '../page.ts';
import { safePath } from '../safe-path.ts';
import { clearSession, keepSession } from '../session-cookie.ts';
import type { PanelSessions } from '../sessions.ts';
import { numberIn } from '../words/bilingual.ts';

const maxNameChars = 200;
/** Longer ones are refused unread: hashing them would cost the gateway, not the guesser. */
const maxPasswordChars = 1000;
const maxNextChars = 2000;
const maxTokenChars = 200;

const Guess = Type.Object({
  name: Type.String({ maxLength: maxNameChars }),
  password: Type.String({ maxLength: maxPasswordChars }),
  next: Type.Optional(Type.String({ maxLength: maxNextChars })),
});
const Next = Type.Object({ next: Type.Optional(Type.String({ maxLength: maxNextChars })) });
const Link = Type.Object({ token: Type.String({ maxLength: maxTokenChars }) });

type Form = {
  readonly name?: string;
  readonly next?: string | undefined;
  readonly error?: string;
};

function sendForm(reply: FastifyReply, { name = '', next, error }: Form) {
  const words = wordsFor(reply.request).logIn;
  const data = { words, name, next: safePath(next), error: error ?? null };
  return sendPage(reply, { view: 'log-in', title: words.title, section: null, data });
}

/** /login, /login/link/{token} and /logout */
export function logInPages(options: {
  readonly sessions: PanelSessions;
  readonly live: Pick<LiveStreams, 'endOf'>;
}): FastifyPluginAsyncTypebox {
  const { sessions, live } = options;
  return async (app) => {
    app.get('/login', { schema: { querystring: Next } }, async (request, reply) => {
      const { next } = request.query;
      if (request.visitor) return reply.redirect(safePath(next), 303);
      return sendForm(reply, { next });
    });

    app.post('/login', { schema: { body: Guess } }, async (request, reply) => {
      const { name, password, next } = request.body;
      const words = wordsFor(request).logIn;
      const answer = await sessions.logIn({ name, password, address: request.ip });
      switch (answer.kind) {
        case 'loggedIn':
          keepSession(reply, answer.session);
          return reply.redirect(safePath(next), 303);
        case 'wrong':
          return sendForm(reply.code(422), { name, next, error: words.refused });
        case 'throttled': {
          const { retryAfterS } = answer;
          const error = words.throttled(numberIn(wordsFor(request).language, retryAfterS));
          return sendForm(reply.code(429).header('retry-after', retryAfterS), {
            name,
            next,
            error,
          });
        }
      }
    });

    // Only a button uses the link up: mail programs and scanners look at every address.
    app.get('/login/link/:token', { schema: { params: Link } }, async (request, reply) => {
      const words = wordsFor(request).logIn;
      const { token } = request.params;
      const page = { view: 'log-in-link', title: words.linkTitle, section: null };
      return sendPage(reply, { ...page, data: { words, token } });
    });

    app.post('/login/link/:token', { schema: { params: Link } }, async (request, reply) => {
      const session = await sessions.useLink(request.params.token);
      if (session) {
        keepSession(reply, session);
        return reply.redirect('/', 303);
      }
      const words = wordsFor(request).logIn;
      return sendForm(reply.code(422), { error: words.linkSpent });
    });

    app.post('/logout', async (request, reply) => {
      const { visitor } = request;
      if (visitor) await sessions.end(visitor.token);
      // Nothing more is told to whoever left a tab open.
      if (visitor) live.endOf(visitor.token);
      clearSession(reply);
      return reply.redirect('/login', 303);
    });
  };
}
