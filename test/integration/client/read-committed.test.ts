import { randomUUID } from 'node:crypto';
import type { Producer, Transaction } from 'kafkajs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { brokerAddress, connect, createTopic, valuesIn } from '../support/client-bench.ts';
import { readWithJava } from '../support/java-consumer.ts';
import { openStock } from '../support/stock-client.ts';

const committed = ['a committed', 'b committed', 'end'];
const fourZeroBytes = Buffer.alloc(4);
/** Waiting for the broker is not what is tested here. */
const quickRetry = { initialRetryTime: 20 };

let topic: string;
const producers: Producer[] = [];

const send = (transaction: Transaction, value: string, key: Buffer | string = 'key') =>
  transaction.send({ topic, messages: [{ key, value }] });

async function commit(producer: Producer, value: string): Promise<void> {
  const transaction = await producer.transaction();
  await send(transaction, value);
  await transaction.commit();
}

/** Two producers whose rolled-back transactions overlap, and a key that looks like a marker. */
beforeAll(async () => {
  topic = await createTopic(brokerAddress());
  const open = () => openStock(brokerAddress()).producer(randomUUID(), quickRetry);
  const [a, b] = [open(), open()];
  producers.push(a, b);
  await Promise.all(producers.map((producer) => producer.connect()));

  const first = await a.transaction();
  await send(first, 'a aborted 1');
  const second = await b.transaction();
  await send(second, 'b aborted 1');
  await send(first, 'a aborted 2');
  await second.abort();
  await send(first, 'a aborted 3');
  await first.abort();
  await commit(a, 'a committed');

  const third = await b.transaction();
  await send(third, 'b aborted 2', fourZeroBytes);
  await send(third, 'b aborted 3');
  await third.abort();
  await commit(b, 'b committed');
  await commit(a, 'end');
});

afterAll(async () => {
  await Promise.all(producers.map((producer) => producer.disconnect()));
});

test('stock: records of transactions that were rolled back are delivered', async () => {
  const { kafka } = openStock(brokerAddress());
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
  const seen: string[] = [];
  const end = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      seen.push(message.value?.toString() ?? '');
      if (seen.at(-1) === 'end') end.resolve();
    },
  });
  await end.promise;
  await consumer.disconnect();
  const leaked = seen.filter((value) => value.includes('aborted'));
  // One for each defect: the order of the list, and the key that is taken for a marker.
  expect(leaked).toEqual(expect.arrayContaining(['a aborted 1', 'b aborted 2']));
});

test('ours: exactly the committed records are delivered, as by the Java consumer', async () => {
  const kafka = await connect(brokerAddress());
  expect(await valuesIn(kafka, topic)).toEqual(committed);
  await kafka.close();
  const { kafkaClassPath: classPath, kafkaBrokers: brokers } = inject('infra');
  const printed = await readWithJava({ classPath, brokers, topic });
  expect(printed.map(({ value }) => value)).toEqual(committed);
});
