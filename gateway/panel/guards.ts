import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { Scope } from '../http/identity.ts';
import { sendCrossSite, sendRefused } from './problem-pages.ts';
import { clearSession, readSession } from './session-cookie.ts';
import type { PanelSessions } from './sessions.ts';
import { isOwnForm } from './visitor.ts';

/** Makes every request of the panel know whose it is; a session that is over is forgotten. */
export function findVisitors(app: FastifyInstance, sessions: PanelSessions): void {
  app.decorateRequest('visitor', null);
  app.addHook('onRequest', async (request, reply) => {
    const token = readSession(request);
    if (token === null) return;
    const identity = await sessions.personOf(token);
    if (identity) request.visitor = { identity, token };
    else clearSession(reply);
  });
}

/** Where to go on after the log-in: the page that was asked for, with its filter. */
const wayBack = ({ method, url }: FastifyRequest) =>
  method === 'GET' && url !== '/' ? `?next=${encodeURIComponent(url)}` : '';

/** Lets pass who is logged in and has the scope; others go to the log-in, or learn what lacks. */
export function requireVisitor(scope: Scope | null): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const { visitor } = request;
    if (!visitor) {
      // A script asked for a part of a page: the page is loaded anew, and goes to the log-in.
      if (request.headers['hx-request']) return reply.code(401).header('hx-refresh', 'true').send();
      return reply.redirect(`/login${wayBack(request)}`, 303);
    }
    if (scope !== null && !visitor.identity.scopes.has(scope)) return sendRefused(reply, scope);
  };
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a browser says that a page of this site sends it. Sec-Fetch-Site cannot be set by a page;
 * browsers without it say where a form comes from by Origin. Pure.
 */
export function isSameSite(headers: {
  readonly 'sec-fetch-site'?: string | string[] | undefined;
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
}): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = URL.parse(headers.origin ?? '');
  return origin !== null && origin.host === headers.host;
}

/** Refuses what other sites, or forms of another session, would have done in somebody's name. */
export function refuseCrossSite(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (safeMethods.has(request.method) || isSameSite(request.headers)) return;
    return sendCrossSite(reply);
  });
  // Before the fields are looked at: a form from elsewhere learns nothing of what one may hold.
  app.addHook('preValidation', async (request, reply) => {
    if (safeMethods.has(request.method) || isOwnForm(request)) return;
    return sendCrossSite(reply);
  });
}
