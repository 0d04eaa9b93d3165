import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { type Outcome, sendProblem } from './problem.ts';

/** Every right that there is; a key or a person has some of them. */
export const scopes = [
  'notifications:read',
  'notifications:write',
  'templates:read',
  'templates:write',
  'templates:publish',
  'people:read',
  'people:write',
  'people:erase',
  'events:write',
  'dead-letters:read',
  'dead-letters:redrive',
  'audit:read',
  'admin',
] as const;

export type Scope = (typeof scopes)[number];

/** How much a key may do; null: as much as it likes. */
export type Quotas = {
  readonly requestsPerMinute: number | null;
  /** In a day of UTC. */
  readonly notificationsPerDay: number | null;
};

/** Who asks. */
export type Identity = {
  readonly kind: 'key' | 'person';
  /** A UUID; of a key in API_KEYS its name. */
  readonly id: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Of a key; not there, or null: none. */
  readonly quotas?: Quotas | null;
};

/** Whose secret it is; null: nobody's. A problem when that cannot be found out now. */
export type Identify = (secret: string) => Promise<Outcome<Identity | null>>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where a route needs nobody. */
    identity: Identity | null;
  }
  interface FastifyInstance {
    /** For the JSON API, which takes keys only and never a cookie. */
    identify: Identify;
  }
}

/** As an operation of OpenAPI says it; since 3.1 a bearer scheme names scopes as well. */
export const securityOf = (scope: Scope) => [{ apiKey: [scope] }];

/** The secret that an Authorization header carries (RFC 6750); null: none. */
export const bearerOf = ({ headers }: FastifyRequest): string | null =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;

const challenge = 'Bearer realm="vestnik"';

/**
 * Lets a request pass only with an API key that has the scope (RFC 6750); runs before the body is
 * read. 401 when nobody is known by the secret, 403 when the scope is missing.
 */
export function requireScope(scope: Scope): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const { authorization } = request.headers;
    const secret = bearerOf(request);
    const found = secret === null ? null : await request.server.identify(secret);
    if (found && !found.ok) return sendProblem(reply, found.problem);
    const identity = found?.value ?? null;
    if (!identity) {
      const error = authorization === undefined ? '' : ', error="invalid_token"';
      reply.header('www-authenticate', `${challenge}${error}`);
      const detail = 'Send an API key: Authorization: Bearer <secret>.';
      return sendProblem(reply, { status: 401, detail });
    }
    if (!identity.scopes.has(scope)) {
      const error = `error="insufficient_scope", scope="${scope}"`;
      reply.header('www-authenticate', `${challenge}, ${error}`);
      const detail = `The API key lacks the scope ${scope}. Use another key, or ask for a new one.`;
      return sendProblem(reply, { status: 403, detail });
    }
    request.identity = identity;
  };
}

/** Who asks, behind a hook that has let them pass. */
export function askerOf({ identity, routeOptions }: FastifyRequest): Identity {
  if (!identity) throw new Error(`${routeOptions.url} is guarded by no scope`);
  return identity;
}
