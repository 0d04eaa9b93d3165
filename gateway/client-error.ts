import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problemBody, problemType } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

const statusOf: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers what is no HTTP, or came too slowly: there is no request, only a socket to write to. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf[error.code ?? ''] ?? 400;
  const detail = 'The request could not be read.';
  const body = JSON.stringify(problemBody({ status, detail }));
  const headers = Object.entries({
    ...securityHeaders,
    connection: 'close',
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
  });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`);
}
