import { once } from 'node:events';
import { createServer } from 'node:net';

/** Everything embedded listens here and nowhere else: it has development passwords or none. */
export const loopback = '127.0.0.1';

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: loopback, exclusive: true });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' ? address?.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

/**
 * The first candidate that is free on loopback, else any free port. Between this answer and its use
 * another process may take the port: whoever uses it must be ready to ask again.
 */
export async function choosePort(
  candidates: readonly number[],
  avoid: ReadonlySet<number> = new Set(),
): Promise<number> {
  for (const candidate of candidates) {
    if (avoid.has(candidate)) continue;
    if ((await listenOnce(candidate)) !== undefined) return candidate;
  }
  const any = await listenOnce(0);
  if (any === undefined) throw new Error(`No port is free on ${loopback}.`);
  return avoid.has(any) ? choosePort([], avoid) : any;
}
