import { connect, createServer, type Socket } from 'node:net';
import {
  type Api,
  apiKeys,
  committedIn,
  createFrameCutter,
  type Frame,
  readCorrelationId,
  readRequestHead,
  transactionalIdIn,
} from './frames.ts';

/** What is done to the next request of a kind. */
export type WireFault = {
  readonly api: Api;
  /** The broker never sees the request, or the client never sees the answer. */
  readonly lose: 'request' | 'reply';
  /** Then the connection is reset, or it stays open and nothing passes any more. */
  readonly next: 'reset' | 'silence';
  /** How many requests of the kind pass before. */
  readonly after: number;
};

/** What was lost: whose transaction, and the offset that it meant to commit, if it was sent. */
export type WireHit = {
  readonly transactionalId: string;
  readonly offset: { readonly nextOffset: number; readonly metadata: string } | null;
};

/** Stands between clients and a broker and understands enough of the protocol to aim. */
export type KafkaProxy = {
  readonly address: string;
  /** Arms a fault. */
  strike(fault: WireFault): void;
  /** The faults that have struck. */
  readonly hits: readonly WireHit[];
  /** Answers to requests of a kind are held back for this long; 0 ends it. */
  delay(api: Api, delayMs: number): void;
  /** Requests of a kind that were answered so far. */
  answered(api: Api): number;
  /** Nothing passes on the connections open now, ever; new ones work. */
  blackHole(): void;
  /** The clients are told that the broker says no more; the broker is not told. */
  halfClose(): void;
  /** Resets all connections. */
  reset(): void;
  close(): Promise<void>;
};

type Pair = {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Kinds of the requests that are under way, by correlation id. */
  readonly asked: Map<number, number>;
  /** The request whose answer is to be lost. */
  doomed: { readonly correlationId: number; readonly transactionalId: string } | null;
  silent: boolean;
};
type Armed = { readonly fault: WireFault; left: number };

const host = '127.0.0.1';

/** The bytes by which Metadata and FindCoordinator name a broker: host and port, side by side. */
function nameOf(port: number): Buffer {
  const name = Buffer.alloc(host.length + 4);
  name.write(host);
  name.writeInt32BE(port, host.length);
  return name;
}

/** Opens a proxy on a free port. Answers that name the broker name the proxy instead. */
export async function openKafkaProxy(broker: string): Promise<KafkaProxy> {
  const upstreamPort = Number(broker.split(':')[1]);
  const pairs = new Set<Pair>();
  const delays = new Map<number, number>();
  const answers = new Map<number, number>();
  const offsets = new Map<string, WireHit['offset']>();
  const hits: WireHit[] = [];
  let armed: Armed | null = null;
  let port = 0;

  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.upstream.destroy();
  };

  function strikes(apiKey: number, lose: WireFault['lose']): boolean {
    if (armed === null || apiKeys[armed.fault.api] !== apiKey) return false;
    if (armed.fault.lose !== lose) return false;
    armed.left -= 1;
    return armed.left < 0;
  }

  function lose(pair: Pair, transactionalId: string): void {
    const { fault } = armed as Armed;
    armed = null;
    pair.silent = true;
    if (fault.next === 'reset') end(pair);
    hits.push({ transactionalId, offset: offsets.get(transactionalId) ?? null });
  }

  function onRequest(pair: Pair, frame: Frame): void {
    const { apiKey, correlationId } = readRequestHead(frame);
    const aimed = [apiKeys.Produce, apiKeys.EndTxn, apiKeys.TxnOffsetCommit] as const;
    const isAimed = aimed.some((each) => each === apiKey);
    const transactionalId = isAimed ? transactionalIdIn(frame) : '';
    if (apiKey === apiKeys.TxnOffsetCommit) offsets.set(transactionalId, committedIn(frame));
    if (strikes(apiKey, 'request')) return lose(pair, transactionalId);
    pair.asked.set(correlationId, apiKey);
    if (strikes(apiKey, 'reply')) pair.doomed = { correlationId, transactionalId };
    pair.upstream.write(frame);
  }

  function passOn(pair: Pair, apiKey: number, frame: Frame): void {
    answers.set(apiKey, (answers.get(apiKey) ?? 0) + 1);
    if (apiKey === apiKeys.Metadata || apiKey === apiKeys.FindCoordinator) {
      const at = frame.indexOf(nameOf(upstreamPort));
      if (at >= 0) nameOf(port).copy(frame, at);
    }
    const write = () => {
      if (!pair.silent && pair.client.writable) pair.client.write(frame);
    };
    const delayMs = delays.get(apiKey) ?? 0;
    if (delayMs > 0) setTimeout(write, delayMs);
    else write();
  }

  function onAnswer(pair: Pair, frame: Frame): void {
    const correlationId = readCorrelationId(frame);
    const apiKey = pair.asked.get(correlationId) ?? -1;
    pair.asked.delete(correlationId);
    const { doomed } = pair;
    if (armed === null || doomed?.correlationId !== correlationId) passOn(pair, apiKey, frame);
    else lose(pair, doomed.transactionalId);
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ host, port: upstreamPort });
    const pair: Pair = { client, upstream, asked: new Map(), doomed: null, silent: false };
    pairs.add(pair);
    const cutRequests = createFrameCutter();
    const cutAnswers = createFrameCutter();
    client.on('data', (chunk: Buffer) => {
      for (const frame of cutRequests(chunk)) if (!pair.silent) onRequest(pair, frame);
    });
    upstream.on('data', (chunk: Buffer) => {
      for (const frame of cutAnswers(chunk)) if (!pair.silent) onAnswer(pair, frame);
    });
    for (const socket of [client, upstream]) {
      socket.on('error', () => end(pair));
      socket.on('close', () => !pair.silent && end(pair));
    }
    client.on('end', () => !pair.silent && end(pair));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  port = address.port;

  return {
    address: `${host}:${port}`,
    hits,
    strike(fault) {
      armed = { fault, left: fault.after };
    },
    delay: (api, delayMs) => void delays.set(apiKeys[api], delayMs),
    answered: (api) => answers.get(apiKeys[api]) ?? 0,
    blackHole() {
      for (const pair of pairs) pair.silent = true;
    },
    halfClose() {
      for (const { client } of pairs) client.end();
    },
    reset() {
      for (const pair of [...pairs]) end(pair);
    },
    async close() {
      for (const pair of [...pairs]) end(pair);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
