import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The requests that have been begun and not answered. */
export type OpenRequests = {
  /** Without streams, which have a bound of their own (panel/live.ts). */
  count(): number;
  /** Where somebody waits for an answer to a request that arrived whole. */
  waitingSockets(): ReadonlySet<Socket>;
};

/** Counts requests from their headers on. Must be the first that hears of them. */
export function noteOpenRequests(app: FastifyInstance): OpenRequests {
  const open = new Set<IncomingMessage>();
  const streams = new Set<IncomingMessage>();
  const forget = (raw: IncomingMessage) => {
    open.delete(raw);
    streams.delete(raw);
  };
  app.addHook('onRequest', ({ raw }, reply, done) => {
    open.add(raw);
    // The only event that comes however it ends: answered, or given up by the client.
    reply.raw.once('close', () => forget(raw));
    done();
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    forget(raw);
    done();
  });
  app.decorate('countAsStream', ({ raw }: FastifyRequest) => {
    if (open.delete(raw)) streams.add(raw);
  });
  return {
    count: () => open.size,
    waitingSockets: () =>
      new Set([...open, ...streams].filter(({ complete }) => complete).map(({ socket }) => socket)),
  };
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The request is answered with a stream: it stays open, and is counted no more. */
    countAsStream(request: FastifyRequest): void;
  }
}
