import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);

type OffsetManager = {
  resolveOffsets(): Promise<void>;
  nextOffset(topic: string, partition: number): { toString(): string };
};
const OffsetManager = require('kafkajs/src/consumer/offsetManager') as new (
  options: object,
) => OffsetManager;
const Cluster = require('kafkajs/src/cluster') as new (
  options: object,
) => {
  markOffsetAsCommitted(mark: object): void;
};

const silent = { namespace: () => silent, debug: () => undefined };
const place = { topic: 'orders', partition: 0 };

/**
 * The producer marks an offset as soon as it is in a transaction, in a map that all clients of one
 * `Kafka` share. Ours has no such map: what counts is read from the broker after InitProducerId,
 * which test/integration/client/lost-answer.test.ts shows.
 */
test('stock: an offset of a transaction that never commits hides the real one', async () => {
  const asked: object[] = [];
  const coordinator = {
    isConnected: () => true,
    async offsetFetch(args: { topics: readonly { topic: string; partitions: object[] }[] }) {
      asked.push(args);
      const partitions = [{ partition: 0, offset: '7' }];
      return { responses: [{ topic: place.topic, partitions }] };
    },
  };
  const cluster = new Cluster({ logger: silent, brokers: ['nowhere:1'] });
  const manager = new OffsetManager({
    cluster,
    coordinator,
    memberAssignment: { [place.topic]: [place.partition] },
    topicConfigurations: {},
    groupId: 'group',
  });
  cluster.markOffsetAsCommitted({ ...place, groupId: 'group', offset: '42' });
  await manager.resolveOffsets();

  expect(asked, 'the broker was not asked').toEqual([]);
  expect(manager.nextOffset(place.topic, place.partition).toString()).toBe('42');
});
