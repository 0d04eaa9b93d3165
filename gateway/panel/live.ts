import type { FastifyReply } from 'fastify';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/errors.ts';
import { readingMs } from './shared-readings.ts';

/** Tabs of a team; each costs a socket and a look at its session now and then. */
const maxStreams = 60;
/** Below the 40 s after which the gateway, and the minute after which proxies call it dead. */
const beatMs = 15_000;

/** What a stream tells, and to whom. */
export type Told = {
  /** The session that it is read in. */
  readonly session: string;
  /** The whole of it as it is now; the empty text when there is nothing yet. */
  readonly tell: () => Promise<string>;
  /** Asked behind `tell`; true ends the stream, and tells the page that it need not come back. */
  readonly isOver: () => boolean;
  /** Asked with every heartbeat; false ends the stream, as after a log-out at another gateway. */
  readonly stillWelcome: () => Promise<boolean>;
};

/** The event by whose name a page knows that nothing more comes (`hx-sse:close`). */
const lastEvent = 'event: over\ndata: over\n\n';

/** Server-sent events (WHATWG HTML, section 9.2), bounded in number and ended with the gateway. */
export type LiveStreams = {
  /** Takes the connection over; false when there are too many. */
  admit(reply: FastifyReply, told: Told): boolean;
  /** Ends those of a session at once. */
  endOf(session: string): void;
  close(): void;
};

/** An event without a name; a line break within its data would end it. */
const eventText = (data: string): string =>
  `${data
    .split('\n')
    .map((line) => `data: ${line}`)
    .join('\n')}\n\n`;

/**
 * Each stream tells what it shows, whole, whenever it is another: so a reader that is slow misses
 * some and loses nothing, and what waits for it is bounded by one event.
 */
export function createLiveStreams({ clock }: { readonly clock: Clock }): LiveStreams {
  const closing = new AbortController();
  /** The ends of all streams, by their sessions. */
  const ends = new Map<string, Set<AbortController>>();
  let streams = 0;

  function note(session: string, left: AbortController): void {
    const mine = ends.get(session) ?? new Set();
    ends.set(session, mine.add(left));
  }

  function forget(session: string, left: AbortController): void {
    const mine = ends.get(session);
    mine?.delete(left);
    if (mine?.size === 0) ends.delete(session);
  }

  async function run(
    reply: FastifyReply,
    { tell, isOver, stillWelcome }: Told,
    ended: AbortSignal,
  ) {
    const client = reply.raw;
    let last = '';
    let beatAtMs = clock.nowMs() + beatMs;
    while (!ended.aborted) {
      const text = await tell().catch((error: unknown) => {
        reply.log.warn({ reason: describeError(error) }, 'a live part must wait');
        return last;
      });
      if (text !== last && !client.writableNeedDrain && !ended.aborted) {
        client.write(eventText(text));
        last = text;
      }
      if (text === last && isOver()) return void client.write(lastEvent);
      if (clock.nowMs() >= beatAtMs) {
        beatAtMs = clock.nowMs() + beatMs;
        // While nobody can say, nobody is thrown out: the page shows nothing new then anyway.
        if (!(await stillWelcome().catch(() => true))) return;
        if (!client.writableNeedDrain && !ended.aborted) client.write(': still here\n\n');
      }
      await clock.sleep(readingMs, ended);
    }
  }

  return {
    admit(reply, told) {
      if (streams >= maxStreams || closing.signal.aborted) return false;
      streams += 1;
      reply.request.server.countAsStream(reply.request);
      reply.hijack();
      const client = reply.raw;
      const left = new AbortController();
      note(told.session, left);
      // A reset by the reader is one of the ways to leave.
      client.on('error', () => undefined);
      client.once('close', () => left.abort());
      client.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
      });
      const ended = AbortSignal.any([closing.signal, left.signal]);
      void run(reply, told, ended).finally(() => {
        streams -= 1;
        forget(told.session, left);
        client.end();
      });
      return true;
    },
    endOf(session) {
      for (const left of ends.get(session) ?? []) left.abort();
    },
    close: () => closing.abort(),
  };
}
