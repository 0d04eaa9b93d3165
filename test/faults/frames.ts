import { readTagged } from '../../runtime/kafka/offsets.ts';

/** One request or answer of Kafka's protocol, its length included. */
export type Frame = Buffer;

const lengthBytes = 4;

/** Cuts a byte stream into frames; each starts with its length (Kafka protocol guide, Network). */
export function createFrameCutter(): (chunk: Buffer) => readonly Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      if (rest.length < lengthBytes) return frames;
      const end = lengthBytes + rest.readInt32BE(0);
      if (rest.length < end) return frames;
      frames.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

/** The kinds of requests that faults are aimed at, by their keys in the protocol. */
export const apiKeys = {
  Produce: 0,
  Fetch: 1,
  Metadata: 3,
  FindCoordinator: 10,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28,
} as const;

export type Api = keyof typeof apiKeys;

const correlationAt = 8;

/** Header of a request: length, api key, api version, correlation id, client id. */
export function readRequestHead(frame: Frame): {
  readonly apiKey: number;
  readonly correlationId: number;
  readonly bodyAt: number;
} {
  const clientIdBytes = Math.max(0, frame.readInt16BE(correlationAt + 4));
  return {
    apiKey: frame.readInt16BE(lengthBytes),
    correlationId: frame.readInt32BE(correlationAt),
    bodyAt: correlationAt + 6 + clientIdBytes,
  };
}

export const readCorrelationId = (answer: Frame): number => answer.readInt32BE(lengthBytes);

/** Walks over the fields of a request. */
function createCursor(frame: Frame, start: number) {
  let at = start;
  const skip = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  return {
    int32: () => frame.readInt32BE(skip(4)),
    int64: () => Number(frame.readBigInt64BE(skip(8))),
    skip,
    text() {
      const length = Math.max(0, frame.readInt16BE(skip(2)));
      const from = skip(length);
      return frame.toString('utf8', from, from + length);
    },
  };
}

/** Produce, EndTxn and TxnOffsetCommit all begin with it. */
export function transactionalIdIn(frame: Frame): string {
  return createCursor(frame, readRequestHead(frame).bodyAt).text();
}

/** The one offset that a task commits with a transaction (TxnOffsetCommit, versions 0 and 1). */
export function committedIn(frame: Frame): { nextOffset: number; metadata: string } {
  const cursor = createCursor(frame, readRequestHead(frame).bodyAt);
  cursor.text();
  cursor.text();
  cursor.skip(8 + 2 + 4);
  cursor.text();
  cursor.skip(4 + 4);
  const nextOffset = cursor.int64();
  return { nextOffset, metadata: readTagged(cursor.text()).metadata };
}
