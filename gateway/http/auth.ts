import { hash as hashOf, timingSafeEqual } from 'node:crypto';
import type { onRequestAsyncHookHandler } from 'fastify';
import type { ApiKey } from '../../runtime/config.ts';
import { sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the API key that asks; empty where a route needs none. */
    apiKeyName: string;
  }
}

const sha256 = (text: string) => hashOf('sha256', text, 'buffer');

/**
 * The name of the key that an `Authorization` header carries (RFC 6750), or null. Hashes of equal
 * length are compared, and always all of them, so that the time says nothing about a secret.
 */
export function createKeyCheck(
  keys: readonly ApiKey[],
): (authorization: string | undefined) => string | null {
  const known = keys.map(({ name, secret }) => ({ name, hash: sha256(secret) }));
  return (authorization = '') => {
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
    const hash = sha256(secret);
    let found: string | null = null;
    for (const key of known) {
      if (timingSafeEqual(key.hash, hash)) found = key.name;
    }
    return found;
  };
}

/** Lets a request pass only with an API key; runs before the body is read. */
export function requireApiKey(keys: readonly ApiKey[]): onRequestAsyncHookHandler {
  const nameOf = createKeyCheck(keys);
  return async (request, reply) => {
    const name = nameOf(request.headers.authorization);
    if (name !== null) {
      request.apiKeyName = name;
      return;
    }
    const error = request.headers.authorization === undefined ? '' : ', error="invalid_token"';
    reply.header('www-authenticate', `Bearer realm="vestnik"${error}`);
    const detail = 'Send an API key: Authorization: Bearer <secret>.';
    return sendProblem(reply, { status: 401, detail });
  };
}
