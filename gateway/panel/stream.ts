import type { FastifyReply } from 'fastify';
import type { LiveStreams } from './live.ts';
import type { PanelSessions } from './sessions.ts';
import type { ReadShared } from './shared-readings.ts';
import { visitorOf } from './visitor.ts';

/** What the live pages work with. */
export type LiveParts = {
  readonly live: LiveStreams;
  readonly readShared: ReadShared;
  readonly sessions: PanelSessions;
};

/** A part of a page that is shown anew whenever it is another. */
type LivePart = {
  /** One of the views' parts. */
  readonly part: string;
  /** Null: there is nothing to show yet. */
  readonly data: () => Promise<object | null>;
  /** Whether nothing will come behind what the data show; asked after them. */
  readonly isOver?: () => boolean;
};

const retryAfterS = 30;

/** Answers with server-sent events: the part as HTML, again and again. 503: there are too many. */
export async function sendStream(
  reply: FastifyReply,
  { live, sessions }: LiveParts,
  { part, data, isOver = () => false }: LivePart,
): Promise<unknown> {
  const { token } = visitorOf(reply.request);
  const { panel } = reply.request.server;
  const admitted = live.admit(reply, {
    session: token,
    tell: async () => {
      const shown = await data();
      return shown === null ? '' : panel.partOf(part, shown);
    },
    isOver,
    stillWelcome: async () => (await sessions.personOf(token)) !== null,
  });
  // The script of the page asks again by itself.
  return admitted ? reply : reply.code(503).header('retry-after', retryAfterS).send('');
}
