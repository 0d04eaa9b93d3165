import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmur2, partitionOf } from '../../../../runtime/kafka/partitioner.ts';

// From Kafka's own UtilsTest.testMurmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('murmur2 of %s is what Java computes', (text, expected) => {
  expect(murmur2(Buffer.from(text))).toBe(expected);
});

test('the partition is the one that kafkajs, which follows Java, chooses', () => {
  const require = createRequire(import.meta.url);
  const theirs = require('kafkajs/src/producer/partitioners/default/murmur2') as (
    key: Buffer,
  ) => number;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (array) => {
      const key = Buffer.from(array);
      expect(murmur2(key)).toBe(theirs(key));
      expect(partitionOf(key, 7)).toBe((theirs(key) & 0x7fffffff) % 7);
    }),
  );
});
