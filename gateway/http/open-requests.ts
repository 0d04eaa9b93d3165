import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** The requests that have been begun and not answered. */
export type OpenRequests = {
  count(): number;
  /** Where somebody waits for an answer to a request that arrived whole. */
  waitingSockets(): ReadonlySet<Socket>;
};

/** Counts requests from their headers on. Must be the first that hears of them. */
export function noteOpenRequests(app: FastifyInstance): OpenRequests {
  const open = new Set<IncomingMessage>();
  app.addHook('onRequest', ({ raw }, reply, done) => {
    open.add(raw);
    // The only event that comes however it ends: answered, or given up by the client.
    reply.raw.once('close', () => open.delete(raw));
    done();
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    open.delete(raw);
    done();
  });
  return {
    count: () => open.size,
    waitingSockets: () =>
      new Set([...open].filter(({ complete }) => complete).map(({ socket }) => socket)),
  };
}
