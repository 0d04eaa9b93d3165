import { expect, test } from 'vitest';
import { createRecordSink, pausingAt } from '../../../../runtime/kafka/record-sink.ts';

const record = { topic: 'orders', key: null, value: Buffer.from('v') };

test('a pause comes before the limit, and leaves the sink as it is', () => {
  const sink = createRecordSink(() => 1, { maxRecords: 5, maxBytes: 1000 });
  const pausing = pausingAt(sink, 2);
  pausing.add(record);
  expect(pausing.isFull()).toBe(false);
  pausing.add(record);
  expect([pausing.isFull(), sink.isFull(), sink.records()]).toEqual([true, false, 2]);
  for (let n = 2; n < 5; n += 1) sink.add(record);
  expect([pausingAt(sink, 100).isFull(), sink.isFull(), sink.records()]).toEqual([true, true, 5]);
});
