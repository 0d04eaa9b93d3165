import type { FastifyInstance } from 'fastify';

/**
 * One line for each answer: what was asked of which route, never the path itself, a body or an
 * address, for ids in paths name people.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const line = {
      id: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    };
    // Probes come every few seconds and say nothing new.
    if (route.startsWith('/health/')) app.log.debug(line, 'answered');
    else app.log.info(line, 'answered');
    done();
  });
}
