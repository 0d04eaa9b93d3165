import { hash as hashOf } from 'node:crypto';
import { Type } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { describeError, VestnikError } from '../../runtime/errors.ts';
import type { Claim, IdempotentAnswers } from '../credentials/idempotent-answers.ts';
import { type KeptAnswer, openAnswer, sealAnswer } from '../credentials/sealed-answer.ts';
import { bearerOf } from './identity.ts';
import { type Problem, problemResponses, sendProblem } from './problem.ts';

/** What the routes of the API need to give the same answer again. */
type IdempotencyOptions = {
  readonly answers: IdempotentAnswers;
  readonly newId: () => string;
  readonly newSecret: () => string;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request with an Idempotency-Key that is done now. */
    claim: Claim | null;
  }
  interface FastifyContextConfig {
    /**
     * The same key makes the same record whenever it comes, so the route goes on without
     * PostgreSQL: then only the comparison of bodies and the header of a replay are missing.
     */
    readonly sameWithoutAnswers?: boolean;
  }
}

const replayedHeader = 'idempotent-replayed';
const maxKeyChars = 255;
const retryAfterS = 1;
/** Larger answers are given once: nobody sends that much for a write. */
const maxAnswerChars = 1024 * 1024;
const keptHeaders = ['content-type', 'location'];
const methods = new Set(['POST', 'PUT', 'PATCH']);

const Headers = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: maxKeyChars,
      pattern: '^[\\x21-\\x7e]+$',
      description:
        'A text of your choice, a UUID for example. For 24 hours the same call with the same ' +
        'key gets the same answer, with the header Idempotent-Replayed, and is done once; ' +
        'another body is a 422, a call that is still at work a 409. Only successes are kept.',
    }),
  ),
});

const sha256 = (...parts: readonly string[]) => hashOf('sha256', JSON.stringify(parts), 'hex');

const atWork: Problem = {
  status: 409,
  detail: 'A request with this Idempotency-Key is still at work. Ask again for its answer.',
  retryAfterS,
};
const otherRequest: Problem = {
  status: 422,
  detail: 'This Idempotency-Key was used for another request. Use a new key for each request.',
};
const otherSecret: Problem = {
  status: 422,
  detail:
    'This Idempotency-Key was used with another secret of the same name, so its answer cannot ' +
    'be read. It was done; use a new key for another request.',
};

/** The key of a request; null: it has none. */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? key : null;
}

function claimOf(request: FastifyRequest, newId: () => string): Claim | null {
  const { identity, routeOptions, method, url, body } = request;
  const key = idempotencyKeyOf(request);
  if (key === null || !identity) return null;
  return {
    claimHash: sha256(identity.kind, identity.id, method, routeOptions.url ?? '', key),
    requestHash: sha256(url, JSON.stringify(body) ?? ''),
    holder: newId(),
  };
}

function sendAgain(reply: FastifyReply, answer: KeptAnswer): FastifyReply {
  return reply
    .code(answer.status)
    .headers({ ...answer.headers, [replayedHeader]: 'true' })
    .serializer((payload: unknown) => payload as string)
    .send(answer.body);
}

/** Behind the checks of key and body, before the route: what is wrong is refused every time. */
function claimHook({ answers, newId }: IdempotencyOptions) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const claim = claimOf(request, newId);
    if (!claim) return;
    const claimed = await answers.claim(claim).catch((error: unknown) => {
      const away = error instanceof VestnikError && error.retryable;
      if (!away || !request.routeOptions.config.sameWithoutAnswers) throw error;
      request.log.warn({ id: request.id, reason: describeError(error) }, 'no answer is kept');
      return null;
    });
    if (!claimed) return;
    switch (claimed.kind) {
      case 'ours':
        request.claim = claim;
        return;
      case 'atWork':
        return sendProblem(reply, atWork);
      case 'other':
        return sendProblem(reply, otherRequest);
      case 'answered': {
        const by = { secret: bearerOf(request) ?? '', claimHash: claim.claimHash };
        const answer = openAnswer(claimed.sealed, by);
        return answer ? sendAgain(reply, answer) : sendProblem(reply, otherSecret);
      }
    }
  };
}

/**
 * Before the answer is sent: a success is kept, and anything else releases the claim, for it did
 * nothing. When PostgreSQL is away now, the claim stays until it counts as abandoned.
 */
function keepHook({ answers, newSecret }: IdempotencyOptions) {
  return async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    const { claim } = request;
    if (!claim) return payload;
    request.claim = null;
    const { statusCode: status } = reply;
    const isText = typeof payload === 'string' && payload.length <= maxAnswerChars;
    try {
      if (status >= 200 && status < 300 && isText) {
        const headers = Object.fromEntries(
          keptHeaders.flatMap((name) => {
            const value = reply.getHeader(name);
            return value === undefined ? [] : [[name, String(value)]];
          }),
        );
        const by = { secret: bearerOf(request) ?? '', claimHash: claim.claimHash };
        const answer = { status, headers, body: payload };
        await answers.keep(claim, sealAnswer(answer, { ...by, chance: newSecret() }));
      } else await answers.release(claim);
    } catch (error) {
      request.log.warn({ id: request.id, reason: describeError(error) }, 'no answer is kept');
    }
    return payload;
  };
}

type Hook = RouteOptions['preHandler'];
const added = (hooks: Hook, hook: unknown) => [...[hooks ?? []].flat(), hook] as never;

/**
 * Gives every POST, PUT and PATCH under /api/v1 that is registered from now on its
 * Idempotency-Key: atomically claimed, done once, answered the same for 24 hours.
 */
export function keepAnswers(app: FastifyInstance, options: IdempotencyOptions): void {
  app.decorateRequest('claim', null);
  const claim = claimHook(options);
  const keep = keepHook(options);
  app.addHook('onRoute', (route) => {
    const isWrite = [route.method].flat().every((method) => methods.has(method));
    if (!isWrite || !route.url.startsWith('/api/v1/')) return;
    const { schema } = route;
    const response = { ...problemResponses(409, 422), ...(schema?.response as object | undefined) };
    route.schema = { ...schema, headers: Headers, response };
    route.preHandler = added(route.preHandler, claim);
    route.onSend = added(route.onSend as Hook, keep);
  });
}
