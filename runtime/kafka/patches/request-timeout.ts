import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

type Connection = {
  readonly host: string;
  readonly port: number;
  readonly socket: { destroy(): void } | undefined;
  send(request: object): Promise<unknown>;
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
};

/**
 * kafkajs 2.2.4 goes on using a connection on which an answer never came: after a network path
 * died silently, every request waits for the same dead socket until the system gives it up, a
 * quarter of an hour later. Here it is given up with the first time-out, as Java's client does
 * (NetworkClient.handleTimedOutRequests); the next request connects anew.
 */
export function patchRequestTimeout(): void {
  const { prototype } = require('kafkajs/src/network/connection') as { prototype: Connection };
  const { KafkaJSConnectionClosedError } = require('kafkajs/src/errors') as {
    KafkaJSConnectionClosedError: new (message: string, at: object) => Error;
  };
  const { send } = prototype;
  prototype.send = async function sendOrGiveUp(this: Connection, request: object) {
    const { socket: used } = this;
    try {
      return await send.call(this, request);
    } catch (error) {
      const timedOut = (error as Error).name === 'KafkaJSRequestTimeoutError';
      if (timedOut && used && this.socket === used) {
        const { host, port } = this;
        const reason = 'An answer never came; the connection was given up';
        this.rejectRequests(new KafkaJSConnectionClosedError(reason, { host, port }));
        await this.disconnect();
        used.destroy();
      }
      throw error;
    }
  };
}
