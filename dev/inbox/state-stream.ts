import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MessageStore } from './message-store.ts';

/** Tabs of one developer, with room; each costs a socket and a buffer. */
export const MAX_STREAM_CLIENTS = 32;

/** Often enough to look live; a burst of thousands becomes a handful of events. */
const COALESCE_MS = 150;

/** Below the minute after which proxies and browsers call a silent connection dead. */
const HEARTBEAT_MS = 15_000;

/**
 * Server-sent events (WHATWG HTML §9.2) that carry the state of the store, never the messages: the
 * reader asks for what it wants to show. So the newest event replaces all before it, and a reader
 * that is too slow misses some and loses nothing; what waits for it is bounded by one event.
 */
export type StateStream = {
  /** Takes the connection over; false when {@link MAX_STREAM_CLIENTS} are connected. */
  admit(request: FastifyRequest, reply: FastifyReply): boolean;
  close(): void;
};

export function createStateStream(store: MessageStore): StateStream {
  const clients = new Set<ServerResponse>();
  let pending: NodeJS.Timeout | undefined;

  function send(client: ServerResponse): void {
    if (client.writableNeedDrain) return;
    client.write(`event: state\ndata: ${JSON.stringify(store.state())}\n\n`);
  }

  const unsubscribe = store.subscribe(() => {
    pending ??= setTimeout(() => {
      pending = undefined;
      for (const client of clients) send(client);
    }, COALESCE_MS);
  });

  const heartbeat = setInterval(() => {
    for (const client of clients) if (!client.writableNeedDrain) client.write(': still here\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return {
    admit(request, reply) {
      if (clients.size >= MAX_STREAM_CLIENTS) return false;
      reply.hijack();
      const client = reply.raw;
      client.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      });
      clients.add(client);
      client.on('drain', () => send(client));
      // A reset by the reader is one of the ways to leave.
      client.on('error', () => undefined);
      request.raw.once('close', () => clients.delete(client));
      send(client);
      return true;
    },
    close() {
      unsubscribe();
      clearTimeout(pending);
      clearInterval(heartbeat);
      for (const client of clients) client.end();
      clients.clear();
    },
  };
}
