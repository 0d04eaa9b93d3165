import type { FastifyInstance } from 'fastify';
import { sendEarly } from './early-answer.ts';
import type { OpenRequests } from './open-requests.ts';
import type { Problem } from './problem.ts';

/** 200 writes that wait for Kafka (`publisher.ts`), and half as many who read. */
export const maxOpenRequests = 300;
/** A turn of the event loop takes milliseconds; after this nobody is answered in time anyway. */
export const maxLoopDelayMs = 1000;

const retryAfterS = 1;
const shed = (detail: string): Problem => ({ status: 503, detail, retryAfterS });

/** What is known of the load when a request comes. */
type Load = {
  /** Requests that are open, this one among them. */
  readonly openRequests: number;
  /** By how much the event loop is late, in milliseconds. */
  readonly loopDelayMs: number;
  readonly stopping: boolean;
};

/** Why a request is not even begun; null: it is. Pure. */
export function shedProblem({ openRequests, loopDelayMs, stopping }: Load): Problem | null {
  if (stopping) return shed('The gateway is being stopped. Nothing was written.');
  if (openRequests > maxOpenRequests) {
    return shed(`More than ${maxOpenRequests} requests are open. Nothing was written.`);
  }
  if (loopDelayMs > maxLoopDelayMs) return shed('The gateway is overloaded. Nothing was written.');
  return null;
}

/**
 * Answers 503 as soon as the headers are there when more work would only make everybody wait: no
 * body is read, no key is looked at. The connection ends with it, or whoever does not mind the
 * answer would ask again at once. Probes are always answered; they do next to nothing.
 */
export function shedLoad(
  app: FastifyInstance,
  options: { readonly open: OpenRequests; readonly loopDelayMs: () => number },
): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url?.startsWith('/health/')) return done();
    const openRequests = options.open.count();
    const problem = shedProblem({ openRequests, loopDelayMs: options.loopDelayMs(), stopping });
    if (problem) sendEarly(reply.header('connection', 'close'), problem);
    else done();
  });
}
