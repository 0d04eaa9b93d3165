import { randomUUID } from 'node:crypto';
import type { Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KafkaClient } from '../../../runtime/kafka/client.ts';
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
import { until } from '../support/system.ts';

let proxy: KafkaProxy;
/** Reads past the proxy, so that faults strike the writer only. */
let reading: KafkaClient;

beforeAll(async () => {
  proxy = await openKafkaProxy(brokerAddress());
  reading = await connect(brokerAddress());
});
afterAll(async () => {
  await reading.close();
  await proxy.close();
});

const nextProduceAnswer = { api: 'Produce', lose: 'reply', next: 'reset', after: 0 } as const;

/** Without retries the stock client fails while the broker is ending the former transaction. */
async function commitWhenIdle(producer: Producer, topic: string, value: string): Promise<void> {
  await until('the transaction before has ended', async () => {
    const transaction = await producer.transaction();
    try {
      await transaction.send({ topic, messages: [{ key: 'key', value }] });
    } catch {
      await transaction.abort();
      return false;
    }
    await transaction.commit();
    return true;
  });
}

test('stock: after a lost answer the next transaction commits without its records', async () => {
  const topic = await createTopic(brokerAddress());
  const producer = openStock(proxy.address).producer(randomUUID(), { retries: 0 });
  await producer.connect();
  const hits = proxy.hits.length;
  proxy.strike(nextProduceAnswer);
  const first = await producer.transaction();
  const messages = [{ key: 'key', value: 'in doubt' }];
  await expect(first.send({ topic, messages })).rejects.toThrow('Connection');
  expect(proxy.hits).toHaveLength(hits + 1);
  await first.abort();
  await commitWhenIdle(producer, topic, 'committed, and lost');
  await commitWhenIdle(producer, topic, 'committed later');
  await producer.disconnect();

  expect(await valuesIn(reading, topic)).toEqual(['committed later']);
});

test('ours: after a lost answer the producer is used up, its successor loses nothing', async () => {
  const topic = await createTopic(brokerAddress());
  const id = randomUUID();
  const kafka = await connect(proxy.address);
  const commitOf = (value: string, nextOffset: number) => ({
    records: [textRecord(topic, value)],
    offsets: [{ topic, partition: 0, nextOffset }],
  });
  const { producer } = await takeOverFirst(kafka, id, topic);
  await producer.commit(commitOf('before', 1));
  const hits = proxy.hits.length;
  proxy.strike(nextProduceAnswer);
  const failed = { code: 'TRANSACTION_FAILED' };
  await expect(producer.commit(commitOf('in doubt', 2))).rejects.toMatchObject(failed);
  expect(proxy.hits).toHaveLength(hits + 1);
  await expect(producer.commit(commitOf('never sent', 2))).rejects.toMatchObject(failed);
  await producer.close();

  const next = await takeOverFirst(kafka, id, topic);
  expect(next.committed).toEqual([{ nextOffset: 1, metadata: '' }]);
  await next.producer.commit(commitOf('committed', 2));
  await next.producer.close();
  await kafka.close();

  expect(await valuesIn(reading, topic)).toEqual(['before', 'committed']);
});

test('ours: an offset counts when its transaction was committed', async () => {
  const topic = await createTopic(brokerAddress());
  const id = randomUUID();
  const kafka = await connect(proxy.address);
  const { producer } = await takeOverFirst(kafka, id, topic);
  const hits = proxy.hits.length;
  proxy.strike({ api: 'EndTxn', lose: 'request', next: 'reset', after: 0 });
  const commit = producer.commit({
    records: [textRecord(topic, 'rolled back')],
    offsets: [{ topic, partition: 0, nextOffset: 2, metadata: 'cursor' }],
  });
  await expect(commit).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' });
  expect(proxy.hits).toHaveLength(hits + 1);
  await producer.close();

  const next = await takeOverFirst(kafka, id, topic);
  expect(next.committed).toEqual([{ nextOffset: 0, metadata: '' }]);
  await next.producer.close();
  await kafka.close();
  expect(await valuesIn(reading, topic)).toEqual([]);
});
