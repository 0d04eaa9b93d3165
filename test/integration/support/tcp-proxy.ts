import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, so that a test can damage the wire. */
export type TcpProxy = {
  /** The address of the server, by way of the proxy. */
  readonly url: string;
  /** Connections that clients made so far; shows that someone tried in vain. */
  connections(): number;
  /** Resets what is open, and from now on each connection as soon as it is made. */
  cut(): Promise<void>;
  /** Tells clients that nothing more will come, now and at each new connection. */
  halfClose(): Promise<void>;
  /** Passes nothing on in either direction. What was said meanwhile arrives after `mend`. */
  blackHole(): Promise<void>;
  /** Passes everything on again. */
  mend(): Promise<void>;
  /** Resets what is open and changes nothing else: the next attempt is a new connection. */
  drop(): Promise<void>;
  close(): Promise<void>;
};

type Damage = 'none' | 'cut' | 'half-closed' | 'black-hole';
type Pair = { readonly client: Socket; readonly server: Socket };

/** Opens a proxy on a free port. `target` is any URL with a port. */
export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const url = new URL(target);
  const address = { host: url.hostname, port: Number(url.port) };
  const pairs = new Set<Pair>();
  let damage: Damage = 'none';
  let connections = 0;

  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  };

  const apply = ({ client, server }: Pair) => {
    if (damage === 'half-closed') client.end();
    for (const socket of [client, server]) {
      if (damage === 'black-hole') socket.pause();
      else socket.resume();
    }
  };

  async function drop(): Promise<void> {
    const closed = [...pairs].map(({ client }) => once(client, 'close'));
    for (const { client } of pairs) client.resetAndDestroy();
    await Promise.all(closed);
  }

  async function set(next: Damage): Promise<void> {
    // Nobody can open a direction again that was closed.
    const lost = next === 'cut' || damage === 'half-closed';
    damage = next;
    if (lost) await drop();
    for (const pair of pairs) apply(pair);
  }

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    connections += 1;
    client.on('error', () => undefined);
    if (damage === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...address, allowHalfOpen: true });
    const pair = { client, server };
    pairs.add(pair);
    server.on('error', () => end(pair));
    for (const socket of [client, server]) socket.on('close', () => end(pair));
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => client.writable && client.write(chunk));
    client.on('end', () => server.end());
    server.on('end', () => client.end());
    apply(pair);
  });

  listener.listen(0, '127.0.0.1');
  listener.unref();
  await once(listener, 'listening');
  const bound = listener.address();
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port');
  url.host = `127.0.0.1:${bound.port}`;
  return {
    url: url.href,
    connections: () => connections,
    cut: () => set('cut'),
    halfClose: () => set('half-closed'),
    blackHole: () => set('black-hole'),
    mend: () => set('none'),
    drop,
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      await drop();
      await closed;
    },
  };
}
