import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../runtime/clock.ts';
import { answerWithin } from './answer-within.ts';
import type { OpenRequests } from './open-requests.ts';

/** How long a stop waits for others. */
export type CloseBounds = {
  /** For requests that are on their way to arrive. */
  readonly arriveMs: number;
  /** After that, for answers: a write waits 6 s for Kafka. Of 20 s that a process has to stop. */
  readonly answerMs: number;
};

export const closeBounds: CloseBounds = { arriveMs: 1000, answerMs: 7000 };

/** Notes every connection; Node itself tells only of those that are idle. */
export function noteSockets(app: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/**
 * Closes the gateway in a bounded time: idle connections at once, those whose request does not
 * arrive after `arriveMs`, and whoever still waits for an answer `answerMs` later.
 */
export async function closeInTime(
  app: FastifyInstance,
  options: {
    readonly clock: Clock;
    readonly open: OpenRequests;
    readonly sockets: ReadonlySet<Socket>;
    readonly bounds: CloseBounds;
  },
): Promise<void> {
  const { clock, open, sockets, bounds } = options;
  const work = app.close().then(() => true);
  const within = (deadlineMs: number) => answerWithin({ clock, deadlineMs, work, late: false });
  if (await within(bounds.arriveMs)) return;
  const waiting = open.waitingSockets();
  for (const socket of sockets) if (!waiting.has(socket)) socket.destroy();
  if (await within(bounds.answerMs)) return;
  app.server.closeAllConnections();
  await work;
}
