import { expect, test } from 'vitest';
import { tagNote } from '../../../runtime/kafka/offsets.ts';
import {
  apiKeys,
  committedIn,
  createFrameCutter,
  readRequestHead,
  transactionalIdIn,
} from '../../faults/frames.ts';

const text = (value: string) => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const head = (apiKey: number, correlationId: number) =>
  Buffer.concat([Buffer.from([0, apiKey, 0, 1]), int32(correlationId), text('client')]);
const framed = (...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};

/** As in the protocol guide: TxnOffsetCommit, version 1. */
const offsetCommit = framed(
  head(apiKeys.TxnOffsetCommit, 7),
  ...[text('transaction'), text('group'), int64(5n), Buffer.from([0, 2])],
  ...[int32(1), text('topic'), int32(1), int32(3), int64(42n), text(tagNote('id', 'cursor'))],
);

test('a request tells what it is, whose, and what it commits', () => {
  expect(readRequestHead(offsetCommit)).toMatchObject({
    apiKey: apiKeys.TxnOffsetCommit,
    correlationId: 7,
  });
  expect(transactionalIdIn(offsetCommit)).toBe('transaction');
  expect(committedIn(offsetCommit)).toEqual({ nextOffset: 42, metadata: 'cursor' });
});

test('frames are the same however the stream is torn', () => {
  const stream = Buffer.concat([offsetCommit, framed(head(0, 8)), offsetCommit]);
  for (let size = 1; size <= stream.length; size += 1) {
    const cut = createFrameCutter();
    const frames: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) {
      frames.push(...cut(stream.subarray(at, at + size)));
    }
    expect(frames).toEqual([offsetCommit, framed(head(0, 8)), offsetCommit]);
  }
});
