import type { Clock } from '../runtime/clock.ts';
import type { Health } from '../runtime/health.ts';
import type { KafkaClient } from '../runtime/kafka/client.ts';
import { openPriorityReader } from '../runtime/kafka/priority-reader.ts';
import { openReader } from '../runtime/kafka/reader.ts';
import { type TransactionalProducer, takeOver } from '../runtime/kafka/transactions.ts';
import type { LetterTeller } from '../runtime/letter-teller.ts';
import type { Log } from '../runtime/log.ts';
import type { Serde } from '../runtime/serde.ts';
import type { Topic } from '../schemas/topics.ts';
import type { Channel } from './channel.ts';
import type { Connector } from './connector.ts';
import { deliver, type Lane } from './deliver.ts';
import { readEarlierAttempts } from './earlier-attempts.ts';
import type { VendorPresence } from './vendor-presence.ts';

/** One partition number of a connector's lanes. */
export type PartitionOptions = {
  readonly connector: Connector;
  readonly channel: Channel;
  readonly lanes: readonly Topic<'Notification'>[];
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly groupId: string;
  readonly partition: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
  readonly letters: LetterTeller;
  readonly vendor: VendorPresence;
  readonly signal: AbortSignal;
  /** Called when the lanes are about to be read. */
  readonly started: () => void;
};

/**
 * Takes over with a signal of its own: aborted together with the work while it waits, and not
 * after, because what was sent must be written down even when the partition is given up.
 */
async function takeOverUntil(options: Parameters<typeof takeOver>[0]) {
  const { signal } = options;
  const taking = new AbortController();
  const giveUp = () => taking.abort(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await takeOver({ ...options, signal: taking.signal });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/**
 * Takes a partition over and delivers until the signal is aborted: fence the former owner, learn
 * the committed offsets, read back what it had begun, then read the lanes. Rejects when a
 * transaction fails; taking over again learns from the journal what happened.
 */
export async function workOnPartition(options: PartitionOptions): Promise<void> {
  const { kafka, partition, groupId, lanes, signal } = options;
  const inputs = lanes.map(({ name: topic }) => ({ topic, partition }));
  const transactionalId = `${groupId}-${partition}`;
  const { producer, committed } = await takeOverUntil({ ...options, transactionalId, inputs });
  const places = inputs.map(({ topic }, index) => {
    const { nextOffset, metadata } = committed[index] ?? { nextOffset: 0, metadata: '' };
    return { topic, nextOffset, metadata };
  });
  const closing = new AbortController();
  const reading = AbortSignal.any([signal, closing.signal]);
  try {
    const earlier = await readEarlierAttempts({ ...options, lanes: places });
    const opened = lanes.map((topic, index): Lane => {
      const fromOffset = places[index]?.nextOffset ?? 0;
      const place = { topic: topic.name, partition, fromOffset };
      const reader = openReader({ kafka, ...place, signal: reading });
      return { topic, reader, fromOffset, committed: fromOffset };
    });
    const reader = openPriorityReader(opened);
    options.started();
    const telling: TransactionalProducer = {
      ...producer,
      async commit(transaction) {
        await producer.commit(transaction);
        if (!('packed' in transaction.records)) options.letters.tell(transaction.records);
      },
    };
    await deliver({ ...options, producer: telling, reader, earlier, lanes: opened });
  } finally {
    closing.abort(new DOMException('the work on the partition ended', 'AbortError'));
    await producer.close();
  }
}
