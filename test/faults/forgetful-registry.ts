import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a registry and can lose what that has. */
export type ForgetfulRegistry = {
  readonly url: string;
  /** These ids are answered with "schema not found" until they are remembered. */
  forget(ids: readonly number[]): void;
  remember(): void;
  /** Everything is answered with 503, as by a gateway before a service that is down. */
  setDown(down: boolean): void;
  /** Questions that were answered with 503. */
  refused(): number;
  close(): Promise<void>;
};

const contentType = 'application/vnd.schemaregistry.v1+json';
/** The registry's own number for "schema not found", beside HTTP's. */
const schemaNotFound = { error_code: 40403, message: 'Schema not found' };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': contentType }).end(body);
}

/** Opens one on a port of its own. */
export async function openForgetfulRegistry(registryUrl: string): Promise<ForgetfulRegistry> {
  let forgotten: ReadonlySet<string> = new Set();
  let isDown = false;
  let refused = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const sent = await bodyOf(request);
    if (isDown) {
      refused += 1;
      answer(response, 503, '{"message":"no registry"}');
      return;
    }
    if (forgotten.has(url.split('?')[0] ?? '')) {
      answer(response, 404, JSON.stringify(schemaNotFound));
      return;
    }
    const passed = await fetch(`${registryUrl}${url}`, {
      method,
      headers: { 'content-type': contentType },
      ...(sent === '' ? {} : { body: sent }),
    });
    answer(response, passed.status, await passed.text());
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    forget(ids) {
      forgotten = new Set(ids.map((id) => `/schemas/ids/${id}`));
    },
    remember() {
      forgotten = new Set();
    },
    setDown(down) {
      isDown = down;
    },
    refused: () => refused,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
