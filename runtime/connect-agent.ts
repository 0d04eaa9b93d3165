import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** `code` of the error of a connection that was not there in time. */
export const connectTimeoutCode = 'ERR_CONNECT_TIMEOUT';

type Created = Duplex | null | undefined;

/** Node bounds an answer, not the way to it: the kernel alone would try for two minutes. */
class ConnectAgent extends Agent {
  readonly #timeoutMs: number;

  constructor(timeoutMs: number, options: AgentOptions) {
    super(options);
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(...args: Parameters<Agent['createConnection']>): Created {
    const socket = super.createConnection(...args) as TLSSocket;
    const timer = setTimeout(() => {
      const text = `no connection in ${this.#timeoutMs} ms`;
      socket.destroy(Object.assign(new Error(text), { code: connectTimeoutCode }));
    }, this.#timeoutMs);
    const settled = () => clearTimeout(timer);
    socket.once('secureConnect', settled);
    socket.once('close', settled);
    return socket;
  }
}

/**
 * An agent for HTTPS whose connections must be up, TLS included, within a time. So a request that
 * never left is told from one whose answer is missing.
 */
export function createConnectAgent(timeoutMs: number, options: AgentOptions = {}): Agent {
  return new ConnectAgent(timeoutMs, options);
}
