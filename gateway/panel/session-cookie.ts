import type { FastifyReply, FastifyRequest } from 'fastify';
import { type OpenedSession, sessionCookie, sessionCookieName } from '../credentials/sessions.ts';

export const readSession = ({ cookies }: FastifyRequest): string | null =>
  cookies[sessionCookieName] ?? null;

export function keepSession(reply: FastifyReply, { token, expiresAtMs }: OpenedSession): void {
  reply.setCookie(sessionCookieName, token, { ...sessionCookie, expires: new Date(expiresAtMs) });
}

export const clearSession = (reply: FastifyReply): void =>
  void reply.clearCookie(sessionCookieName, sessionCookie);
