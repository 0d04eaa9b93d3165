import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultQueue } from './faults.ts';
import type { MessageStore } from './message-store.ts';

/** What each of the three doors (SMTP, Twilio, Telegram) works with. */
export type Door = {
  readonly store: MessageStore;
  readonly faults: FaultQueue;
  readonly nowMs: () => number;
  /** Aborted when the inbox closes, so that a slow answer does not hold it up. */
  readonly closing: AbortSignal;
};

const SECOND_MS = 1_000;

/** Both vendors and SMTP say it in whole seconds; rounded up, so that nobody comes too early. */
export function retryAfterSeconds(fault: Extract<Fault, { kind: 'throttled' }>): number {
  return Math.max(1, Math.ceil(fault.retryAfterMs / SECOND_MS));
}

/**
 * Plays what a fault does between keeping a message and answering. False: cut the connection, do
 * not answer. So ends a slow answer that the closing of the inbox overtakes, too.
 */
export async function mayAnswer(fault: Fault | undefined, { closing }: Door): Promise<boolean> {
  if (fault?.kind === 'accept-then-drop') return false;
  if (fault?.kind !== 'slow') return true;
  return delay(fault.delayMs, true, { signal: closing }).catch(() => false);
}

/** Ends an HTTP exchange without an answer, as a network does. */
export function cut(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

// Of the connection, not of the message; and a credential is nothing to put on a page.
const leftOut = new Set(['authorization', 'connection', 'content-length', 'host', 'cookie']);

/** The headers worth showing, names in lower case. */
export function shownHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !leftOut.has(name))
      .map(([name, value]) => [name, String(value)]),
  );
}
