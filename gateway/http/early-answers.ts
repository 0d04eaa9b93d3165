import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../runtime/clock.ts';

/**
 * An answer can be there before the body is: 401, 405, 415, 503. The client gets this long to send
 * the rest of it; then the connection is closed, or one that drips would keep it. Not closed at
 * once: a reset would take the answer away from a client that still writes (RFC 9112, section 9.6).
 */
export function endEarlyAnswered(
  app: FastifyInstance,
  { clock, lingerMs }: { readonly clock: Clock; readonly lingerMs: number },
): void {
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    done();
    if (raw.complete) return;
    void clock.sleep(lingerMs).then(() => {
      if (!raw.complete) raw.destroy();
    });
  });
}
