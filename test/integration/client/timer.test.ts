import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { brokerAddress, connect, createTopic, readPartition } from '../support/client-bench.ts';
import { openStock } from '../support/stock-client.ts';

let topic: string;

beforeAll(async () => {
  topic = await createTopic(brokerAddress());
});
afterEach(() => vi.restoreAllMocks());

/** The delays of the timers that were set while something was done. */
async function timersOf(work: () => Promise<void>): Promise<readonly number[]> {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await work();
  return timers.mock.calls.map(([, delayMs]) => Number(delayMs ?? 0));
}

// Ours comes first: the timers of the stock client go on for ever.
test('ours: no timer has a negative delay', async () => {
  const delays = await timersOf(async () => {
    const kafka = await connect(brokerAddress());
    await readPartition(kafka, topic);
    await kafka.close();
  });
  expect(delays.length).toBeGreaterThan(0);
  expect(delays.filter((ms) => ms < 0)).toEqual([]);
});

test('stock: a timer with a negative delay is armed after every answer', async () => {
  const delays = await timersOf(async () => {
    const admin = openStock(brokerAddress()).kafka.admin();
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.disconnect();
  });
  expect(delays.filter((ms) => ms < 0).length).toBeGreaterThan(0);
});
