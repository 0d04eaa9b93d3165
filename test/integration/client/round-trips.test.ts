import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../../runtime/clock.ts';
import { apiKeys } from '../../faults/frames.ts';
import { type KafkaProxy, openKafkaProxy } from '../../faults/kafka-proxy.ts';
import {
  brokerAddress,
  connect,
  createTopic,
  takeOverFirst,
  textRecord,
  valuesIn,
} from '../support/client-bench.ts';
import { openStock } from '../support/stock-client.ts';

/** One after the other, so that the broker is still ending the one when the next begins. */
const transactions = 15;
/** Far above what either client waits for anything but a busy coordinator. */
const longWaitMs = 100;

let proxy: KafkaProxy;
let topic: string;

beforeAll(async () => {
  proxy = await openKafkaProxy(brokerAddress());
  topic = await createTopic(proxy.address);
});
afterAll(() => proxy.close());
afterEach(() => vi.restoreAllMocks());

/** Requests that were answered while something was done. */
async function requestsOf(work: () => Promise<void>) {
  const names = Object.keys(apiKeys) as (keyof typeof apiKeys)[];
  const before = names.map((name) => proxy.answered(name));
  await work();
  const counts = names.map((name, index) => proxy.answered(name) - (before[index] ?? 0));
  return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]));
}

// Ours comes first: it waits for the coordinator's topics to be made, stock does not.
test('ours: a busy coordinator is asked again at once, and none is looked up', async () => {
  const kafka = await connect(proxy.address);
  const { producer } = await takeOverFirst(kafka, randomUUID(), topic);
  await producer.commit({ records: [textRecord(topic, 'first')], offsets: [] });
  const sleeps = vi.spyOn(systemClock, 'sleep');
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const counts = await requestsOf(async () => {
    for (let index = 0; index < transactions; index += 1) {
      await producer.commit({
        records: [textRecord(topic, 'ours')],
        offsets: [{ topic, partition: 0, nextOffset: index }],
      });
    }
  });
  const waits = sleeps.mock.calls.map(([durationMs]) => durationMs);
  const timersMs = timers.mock.calls.map(([, delayMs]) => Number(delayMs));

  expect(waits.length, 'the coordinator was busy').toBeGreaterThan(0);
  expect(waits.filter((ms) => ms !== 2)).toEqual([]);
  expect(timersMs.filter((ms) => ms >= longWaitMs && ms < 1000)).toEqual([]);
  expect(counts).toMatchObject({
    FindCoordinator: 0,
    Metadata: 0,
    Produce: transactions,
    TxnOffsetCommit: transactions,
    EndTxn: transactions,
  });
  const added = (counts['AddPartitionsToTxn'] ?? 0) + (counts['AddOffsetsToTxn'] ?? 0);
  expect(added).toBe(2 * transactions + waits.length);

  const values = await valuesIn(kafka, topic);
  expect(values.filter((value) => value === 'ours')).toHaveLength(transactions);
  await producer.close();
  await kafka.close();
});

// Whether the broker is still busy with the transaction before is chance: so often, one meets it.
const chance = { retry: 10 };
test('stock: a busy coordinator costs a sleep, and every call a look-up', chance, async () => {
  const id = randomUUID();
  const producer = openStock(proxy.address).producer(id);
  await producer.connect();
  const sleeps = vi.spyOn(globalThis, 'setTimeout');
  const counts = await requestsOf(async () => {
    for (let index = 0; index < transactions; index += 1) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'stock' }] });
      const partitions = [{ partition: 0, offset: String(index) }];
      await transaction.sendOffsets({ consumerGroupId: id, topics: [{ topic, partitions }] });
      await transaction.commit();
    }
  });
  const asked = sleeps.mock.calls.map(([, delayMs]) => Number(delayMs));
  await producer.disconnect();

  const retries = (counts['AddPartitionsToTxn'] ?? 0) - transactions;
  expect(retries).toBeGreaterThan(0);
  const backOffs = asked.filter((ms) => ms >= longWaitMs && ms < 1000);
  expect(backOffs.length).toBeGreaterThanOrEqual(retries);
  expect(counts['FindCoordinator']).toBeGreaterThanOrEqual(4 * transactions);
});
