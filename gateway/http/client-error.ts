import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { problemBody, problemType } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

type Answer = { readonly status: number; readonly detail: string };

/** By Node's code; what is not here is no HTTP. */
const answers: Readonly<Record<string, Answer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions are too large.' },
};
const noHttp: Answer = { status: 400, detail: 'The request could not be read.' };

/** Takes what still comes and throws it away: nothing of it may become a request any more. */
function drain(socket: Socket): void {
  const listeners = socket.listeners('data');
  // Node reads below the stream, until somebody listens to it.
  socket.on('data', () => undefined);
  for (const each of listeners) socket.off('data', each as () => void);
  socket.resume();
}

/**
 * Answers what is no HTTP, or came too slowly: there is no request, only a socket to write to.
 * Ended is not closed: whoever goes on writing would hold the other half of the connection, so it
 * is closed `lingerMs` later; at once, a reset could take the answer away.
 */
export function answerClientErrors(options: {
  readonly clock: Clock;
  readonly lingerMs: number;
}): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, detail } = answers[error.code ?? ''] ?? noHttp;
    const body = JSON.stringify(problemBody({ status, detail }));
    const headers = Object.entries({
      ...securityHeaders,
      connection: 'close',
      'content-type': problemType,
      'content-length': Buffer.byteLength(body),
    });
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    drain(socket);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`);
    const closed = new AbortController();
    socket.once('close', () => closed.abort());
    void options.clock.sleep(options.lingerMs, closed.signal).then(() => socket.destroy());
  };
}
