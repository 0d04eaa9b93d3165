import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../http/identity.ts';

/** Somebody who is logged in, in this browser. */
export type Visitor = { readonly identity: Identity; readonly token: string };

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on the pages that need nobody, as the log-in. */
    visitor: Visitor | null;
  }
}

/** Who is logged in, behind `requireVisitor`. */
export function visitorOf({ visitor, routeOptions }: FastifyRequest): Visitor {
  if (!visitor) throw new Error(`${routeOptions.url} is guarded by no log-in`);
  return visitor;
}

/**
 * What the forms of a session carry: whoever reads it learns nothing of the session's token, and
 * nobody else's form can have it.
 */
export const formToken = (sessionToken: string): string =>
  createHash('sha256').update(`form ${sessionToken}`).digest('base64url');

/** By their bytes: the same number of letters may be more of those. */
function same(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Whether a form is one of this session's. */
export function isOwnForm({ visitor, body }: FastifyRequest): boolean {
  if (!visitor) return true;
  const given = (body as Readonly<Record<string, unknown>> | null | undefined)?.['form_token'];
  return typeof given === 'string' && same(given, formToken(visitor.token));
}
