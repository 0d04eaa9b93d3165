import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Problem, sendProblem } from './problem.ts';

/** The methods of each path, as the routes are registered. */
export type MethodsByPath = ReadonlyMap<string, ReadonlySet<string>>;

/** Notes the methods of every route that is registered from now on. */
export function noteMethods(app: FastifyInstance): MethodsByPath {
  const noted = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = noted.get(url) ?? new Set();
    for (const each of [method].flat()) methods.add(each);
    noted.set(url, methods);
  });
  return noted;
}

/** All that Node can parse but CONNECT, which asks for no path (RFC 9110, section 9.3.6). */
function knowAllMethods(app: FastifyInstance): void {
  const known = new Set([...app.supportedMethods, 'CONNECT']);
  for (const method of METHODS) if (!known.has(method)) app.addHttpMethod(method);
}

/**
 * Makes every other method of a known path a 405 that names the right ones (RFC 9110, section
 * 15.5.6); the framework itself would say 404. Answers before the body is read.
 */
export function refuseOtherMethods(
  app: FastifyInstance,
  noted: MethodsByPath,
  answer: (reply: FastifyReply, problem: Problem) => unknown = sendProblem,
): void {
  knowAllMethods(app);
  const before = new Map(noted);
  for (const [url, methods] of before) {
    const allow = [...methods].toSorted().join(', ');
    app.route({
      url,
      method: app.supportedMethods.filter((method) => !methods.has(method)),
      schema: { hide: true },
      onRequest: async (request, reply) => {
        const detail = `${request.method} is not possible here; ${allow} is.`;
        return answer(reply.header('allow', allow), { status: 405, detail });
      },
      handler: () => undefined,
    });
  }
}
