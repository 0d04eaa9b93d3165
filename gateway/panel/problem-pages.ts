import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeError, VestnikError } from '../../runtime/errors.ts';
import type { Scope } from '../http/identity.ts';
import type { Problem } from '../http/problem.ts';
import { sendPage, wordsFor } from './page.ts';
import { safePath } from './safe-path.ts';

/** What a page says that is not the one that was asked for. */
export type Trouble = {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** In the words of the program: names of fields, codes. */
  readonly detail?: string;
  /** Whether the same may work in a moment. */
  readonly passing?: boolean;
};

/** Answers with a page that says what happened and what can be done. */
export function sendTrouble(reply: FastifyReply, trouble: Trouble): Promise<FastifyReply> {
  const { status, title, text, detail = null, passing = false } = trouble;
  const { request } = reply;
  const words = wordsFor(request);
  const again = passing && request.method === 'GET' ? safePath(request.url) : null;
  const data = { words: words.problems, status, heading: title, text, detail, again };
  return sendPage(reply.code(status), { view: 'problem', title, section: null, data });
}

export function sendMissing(reply: FastifyReply, text?: string): Promise<FastifyReply> {
  const { missing } = wordsFor(reply.request).problems;
  return sendTrouble(reply, { status: 404, title: missing.title, text: text ?? missing.text });
}

export function sendRefused(reply: FastifyReply, scope: Scope): Promise<FastifyReply> {
  const { refused } = wordsFor(reply.request).problems;
  return sendTrouble(reply, { status: 403, title: refused.title, text: refused.text(scope) });
}

export function sendCrossSite(reply: FastifyReply): Promise<FastifyReply> {
  const { crossSite } = wordsFor(reply.request).problems;
  return sendTrouble(reply, { status: 403, ...crossSite });
}

/** As a page, what the JSON API would answer as a problem. */
export function sendProblemPage(reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  const words = wordsFor(reply.request).problems;
  const { status, detail } = problem;
  if (problem.retryAfterS !== undefined) reply.header('retry-after', problem.retryAfterS);
  if (status === 404) return sendMissing(reply);
  if (status === 405) return sendTrouble(reply, { status, ...words.method });
  if (status < 500) return sendTrouble(reply, { status, ...words.wrong, detail });
  return sendTrouble(reply, { status, ...words.unavailable, passing: true });
}

const retryAfterS = 5;

function troubleOf(error: unknown, request: FastifyRequest): Trouble {
  const words = wordsFor(request).problems;
  if (error instanceof VestnikError && error.retryable) {
    const { title, text, database, credentials, kafka } = words.unavailable;
    const known = {
      CREDENTIALS_UNAVAILABLE: credentials,
      DATABASE_UNAVAILABLE: database,
      KAFKA_UNAVAILABLE: kafka,
      KAFKA_BUSY: kafka,
    };
    const said = (known as Readonly<Record<string, string>>)[error.code] ?? text;
    return { status: 503, title, text: said, passing: true };
  }
  const { statusCode = 500, message = '' } = (error ?? {}) as Partial<
    Error & { statusCode: number }
  >;
  const isDefect = error instanceof VestnikError || statusCode >= 500;
  if (!isDefect) return { status: statusCode, ...words.wrong, detail: message };
  const { title, text } = words.defect;
  return { status: 500, title, text: text(request.id), passing: true };
}

/** Makes every failure of a page a page in words; what is a defect gets into the log. */
export function answerWithPages(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    const trouble = troubleOf(error, request);
    const line = { id: request.id, route: request.routeOptions.url, reason: describeError(error) };
    if (trouble.status === 503) {
      app.log.warn(line, 'a page must wait');
      reply.header('retry-after', retryAfterS);
    }
    // Not the error itself: errors of PostgreSQL carry the values of their statement.
    const stack = error instanceof Error ? error.stack : undefined;
    if (trouble.status === 500) app.log.error({ ...line, stack }, 'a defect');
    return sendTrouble(reply, trouble);
  });
}
