import { createRequire } from 'node:module';
import { closeFrame, type RequestFrame } from '../request-frame.ts';

const require = createRequire(import.meta.url);

/** What a request encodes to when its bytes lie in a frame; for the package it is an encoder. */
export type FramedPayload = {
  readonly frame: RequestFrame;
  readonly buf: Buffer;
  readonly buffer: Buffer;
};

type Request = {
  readonly correlationId: number;
  readonly clientId: string;
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    encode(): Promise<object>;
  };
};

export function framed(frame: RequestFrame): FramedPayload {
  const { bytes, start, at } = frame;
  return { frame, buf: bytes, buffer: bytes.subarray(start, at) };
}

const isFramed = (payload: object): payload is FramedPayload => 'frame' in payload;

/**
 * kafkajs 2.2.4 copies a request three times on its way to the socket, into zeroed memory of twice
 * its size. A request in a frame goes out as it is. Must run before the package's connection is
 * loaded, which keeps the function it finds; with one that was loaded before, copies are made.
 */
export function patchRequestFrames(): void {
  const path = require.resolve('kafkajs/src/protocol/request');
  const stock = require(path) as (request: Request) => Promise<{ buffer: Buffer }>;
  const loaded = require.cache[path];
  if (!loaded) return;
  loaded.exports = async (sent: Request): Promise<{ buffer: Buffer }> => {
    const { request, correlationId, clientId } = sent;
    const payload = await request.encode();
    if (!isFramed(payload)) {
      return stock({ ...sent, request: { ...request, encode: async () => payload } });
    }
    const { apiKey, apiVersion } = request;
    return { buffer: closeFrame(payload.frame, { apiKey, apiVersion, correlationId, clientId }) };
  };
}
