import type { AddressInfo } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import type { Door } from './door.ts';
import { faultRoutes } from './fault-routes.ts';
import { createFaultQueue } from './faults.ts';
import { refuseOtherHosts } from './known-host.ts';
import { messageRoutes } from './message-routes.ts';
import { createMessageStore } from './message-store.ts';
import { pageRoutes } from './page-routes.ts';
import { answerProblems } from './problem.ts';
import { openSmtpDoor } from './smtp-door.ts';
import { createStateStream, type StateStream } from './state-stream.ts';
import { telegramDoor } from './telegram-door.ts';
import { twilioDoor } from './twilio-door.ts';

/** Twilio's and Telegram's longest texts are 4 KiB; a batch of faults is smaller still. */
const MAX_BODY_BYTES = 64 * 1_024;

/** A running inbox; all addresses carry the ports that were really taken. */
export type Inbox = {
  /** The page and the API. */
  readonly url: string;
  readonly smtpUrl: string;
  /** Stands for https://api.twilio.com. */
  readonly twilioBaseUrl: string;
  /** Stands for https://api.telegram.org. */
  readonly telegramApiRoot: string;
  /** Cuts what is open and frees both ports. */
  close(): Promise<void>;
};

export type InboxOptions = {
  /** Loopback unless said otherwise: there is no password on any of the doors. */
  readonly host?: string;
  /** 0 takes any free port; so does a port that is taken already. */
  readonly httpPort: number;
  readonly smtpPort: number;
  readonly nowMs?: () => number;
};

/**
 * Starts the catcher of development: SMTP on one port; the Twilio call, the Bot API, its own API
 * and the page on another. It delivers to nobody and remembers in memory only, so it must never
 * stand in production; whoever starts it sees to that.
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const { host = '127.0.0.1', httpPort, smtpPort, nowMs = Date.now } = options;
  const closing = new AbortController();
  const store = createMessageStore({ nowMs });
  const door = { store, faults: createFaultQueue(), nowMs, closing: closing.signal };
  const stream = createStateStream(store);

  const http = await onFreePort(httpPort, async (port) => {
    const app = await buildApp(door, stream, isLoopback(host));
    await app.listen({ host, port });
    return app;
  });
  const smtp = await onFreePort(smtpPort, (port) => openSmtpDoor(door, host, port)).catch(
    async (error: unknown) => {
      stream.close();
      await http.close();
      throw error;
    },
  );

  const url = `http://${authorityOf(host, (http.server.address() as AddressInfo).port)}`;
  return {
    url,
    smtpUrl: `smtp://${authorityOf(host, smtp.port)}`,
    twilioBaseUrl: url,
    telegramApiRoot: url,
    async close() {
      closing.abort();
      stream.close();
      await Promise.all([http.close(), smtp.close()]);
    },
  };
}

const isLoopback = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host);

async function buildApp(
  door: Door,
  stream: StateStream,
  onLoopback: boolean,
): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    // An open stream or a slow answer would otherwise keep the server from closing.
    forceCloseConnections: true,
    ajv: { customOptions: { discriminator: true, removeAdditional: false } },
  });
  answerProblems(app);
  refuseOtherHosts(app, onLoopback);
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  await app.register(twilioDoor(door));
  await app.register(telegramDoor(door));
  await app.register(messageRoutes(door.store, stream));
  await app.register(faultRoutes(door.faults));
  await app.register(await pageRoutes(door.store));
  return app;
}

/** A port that is taken gives a free one, because a developer may run two clones at once. */
async function onFreePort<Server>(
  port: number,
  open: (port: number) => Promise<Server>,
): Promise<Server> {
  try {
    return await open(port);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    return open(0);
  }
}

/** Listening "everywhere" is no address to connect to; loopback is one of its places. */
function authorityOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return reachable.includes(':') ? `[${reachable}]:${port}` : `${reachable}:${port}`;
}
