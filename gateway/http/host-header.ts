import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendEarly } from './early-answer.ts';
import type { Problem } from './problem.ts';

/** RFC 9112, section 3.2: one Host, in HTTP/1.1. */
function hostProblem({ raw, headers }: FastifyRequest): Problem | null {
  if (headers.host === undefined && raw.httpVersion === '1.1') {
    return { status: 400, detail: 'The Host header is missing.' };
  }
  const hosts = raw.rawHeaders.filter((text, at) => at % 2 === 0 && /^host$/i.test(text));
  return hosts.length > 1 ? { status: 400, detail: 'There is more than one Host header.' } : null;
}

/** Node itself would answer without a body; it is told not to look (`requireHostHeader`). */
export function requireHost(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const problem = hostProblem(request);
    if (problem) sendEarly(reply.header('connection', 'close'), problem);
    else done();
  });
}
