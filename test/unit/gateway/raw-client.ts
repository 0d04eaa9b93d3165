import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';

/** A client that writes what it likes, byte by byte, and what it was answered. */
export type RawClient = {
  readonly socket: Socket;
  /** All that was answered so far. */
  answered(): string;
  /** Resolves when the answer holds this text. */
  until(text: string): Promise<void>;
  readonly closed: Promise<void>;
  /** Writes a byte every few milliseconds, for ever. */
  drip(): void;
};

const dripMs = 5;

/** Connects to a gateway, which is made to listen first. */
export async function rawClient(app: FastifyInstance): Promise<RawClient> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  // A reset is one of the ways in which a server closes.
  socket.on('error', () => undefined);
  // Not `once`, which rejects with a reset that comes before.
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    answered: () => answer,
    async until(text) {
      while (!answer.includes(text)) await once(socket, 'data');
    },
    closed,
    drip() {
      const timer = setInterval(() => socket.write(' '), dripMs);
      void closed.then(() => clearInterval(timer));
    },
  };
}

/** The headers of a POST whose body is as long as said, in HTTP/1.1. */
export const postHead = (options: { readonly path: string; readonly authorization?: string }) =>
  [
    `POST ${options.path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 60000',
    ...(options.authorization ? [`Authorization: ${options.authorization}`] : []),
    '\r\n',
  ].join('\r\n');

/** The body of an answer that is the last of its connection. */
export const bodyOf = (answer: string): Record<string, unknown> =>
  JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
