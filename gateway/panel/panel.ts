import { fastifyCookie } from '@fastify/cookie';
import { fastifyFormbody } from '@fastify/formbody';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { isForPeople, sendEarly } from '../http/early-answer.ts';
import { noteMethods, refuseOtherMethods } from '../http/other-methods.ts';
import { maxParamLength, noSuchPath, pathTooLong, sendProblem } from '../http/problem.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { appearanceRoutes } from './appearance.ts';
import { assetRoutes, assetsDigest } from './assets.ts';
import { findVisitors, refuseCrossSite } from './guards.ts';
import { createLiveStreams } from './live.ts';
import { accessPages } from './pages/access.ts';
import { accessAccountPages } from './pages/access-accounts.ts';
import { accessKeyPages } from './pages/access-keys.ts';
import { auditPages } from './pages/audit.ts';
import { dashboardPages } from './pages/dashboard.ts';
import { deadLetterPages } from './pages/dead-letters.ts';
import { historyPages } from './pages/history.ts';
import { logInPages } from './pages/log-in.ts';
import { passwordPages } from './pages/password.ts';
import { peoplePages } from './pages/people.ts';
import { erasePages, peopleChangePages } from './pages/people-changes.ts';
import { redrivePages } from './pages/redrives.ts';
import { requestPages } from './pages/requests.ts';
import { type SendParts, sendPages } from './pages/send.ts';
import { storyPages } from './pages/stories.ts';
import { systemPages } from './pages/system.ts';
import { templatePartPages } from './pages/template-parts.ts';
import { templatePages } from './pages/templates.ts';
import type { PanelParts } from './parts.ts';
import { answerWithPages, sendMissing, sendProblemPage } from './problem-pages.ts';
import { shareReadings } from './shared-readings.ts';
import { vendorModules } from './vendor-modules.ts';
import { registerViews } from './views.ts';

/**
 * Nothing from elsewhere and nothing inline: a text that slipped into a page as markup could do
 * nothing. A preview is a frame of this site, whose own policy shuts it in.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What is done with every request of a page before its route is asked, in this order. */
async function guardPages(app: FastifyInstance, { sessions }: PanelParts): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    // A form says where it comes from only where the policy of referrers lets it (Origin: null).
    reply.headers({ 'content-security-policy': policy, 'referrer-policy': 'same-origin' });
  });
  await app.register(fastifyCookie);
  findVisitors(app, sessions);
  refuseCrossSite(app);
}

/** What is about notifications that were planned, the people, and those who log in. */
function peopleSections(parts: PanelParts): FastifyPluginAsync {
  return async (app) => {
    await app.register(historyPages(parts));
    await app.register(storyPages(parts));
    await app.register(peoplePages(parts));
    await app.register(peopleChangePages(parts));
    await app.register(erasePages(parts));
    await app.register(auditPages(parts));
    await app.register(accessPages(parts));
    await app.register(accessKeyPages(parts));
    await app.register(accessAccountPages(parts));
    await app.register(passwordPages(parts));
  };
}

/** A person who mistyped an address gets a page; a program gets what the JSON API answers. */
function answerUnknownPaths(app: FastifyInstance): void {
  app.get('/*', async (request, reply) => {
    const isTooLong = request.url.split('/').some((part) => part.length > maxParamLength);
    if (isTooLong) return sendEarly(reply.headers(securityHeaders), pathTooLong);
    if (isForPeople(request)) return sendMissing(reply);
    return sendProblem(reply.headers(securityHeaders), noSuchPath(request));
  });
}

/**
 * The pages for people. A plugin of its own, so that its failures are pages, its log-in is by
 * cookie and its bodies are forms: nothing of it reaches the JSON API, nor the other way round.
 */
export function panel(parts: PanelParts & { readonly sending: SendParts }): FastifyPluginAsync {
  return async (app) => {
    const modules = await vendorModules();
    const digest = assetsDigest(modules);
    const shell = { assets: `/assets/${digest}`, development: parts.development };
    const methods = noteMethods(app);
    // The document of the API has operations, no pages.
    app.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    // Forms only: a page of another site cannot send one of another kind without asking first.
    app.removeAllContentTypeParsers();
    await app.register(fastifyFormbody);
    app.decorate('panel', { shell, partOf: await registerViews(app) });
    answerWithPages(app);
    // Before the guards: files hold nothing of anybody, and the log-in page needs them.
    await app.register(assetRoutes(digest, modules));
    await guardPages(app, parts);

    const live = createLiveStreams(parts);
    const liveParts = { ...parts, live, readShared: shareReadings(parts) };
    app.addHook('preClose', async () => live.close());
    await app.register(appearanceRoutes);
    await app.register(logInPages(liveParts));
    await app.register(dashboardPages(liveParts));
    await app.register(peopleSections(parts));
    await app.register(deadLetterPages(parts));
    await app.register(redrivePages(liveParts));
    await app.register(requestPages(liveParts));
    await app.register(sendPages(parts.sending));
    await app.register(systemPages(parts));
    await app.register(templatePages(parts));
    await app.register(templatePartPages(parts));
    refuseOtherMethods(app, methods, sendProblemPage);
    answerUnknownPaths(app);
  };
}
