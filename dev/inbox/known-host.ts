import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request is meant for this machine. A page of anybody's can let its own name point to
 * 127.0.0.1 (DNS rebinding) and read what is here; its Host header still has that name. Behind a
 * container's door neighbours call by a name without a dot, which no page has.
 */
export function isKnownHost(header: string | undefined, onLoopback: boolean): boolean {
  const name = (header ?? '').replace(/:\d+$/, '').toLowerCase();
  if (loopbackNames.has(name)) return true;
  return !onLoopback && /^[a-z0-9-]+$/.test(name) && isIP(name) === 0;
}

/** Answers 421 (RFC 9110, section 15.5.20) to whoever asks for another host. */
export function refuseOtherHosts(app: FastifyInstance, onLoopback: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isKnownHost(request.headers.host, onLoopback)) return;
    return reply.code(421).send({ error: 'Ask for localhost, 127.0.0.1 or [::1].' });
  });
}
