import { systemClock } from '../clock.ts';
import { describeError, VestnikError } from '../errors.ts';
import type { Log } from '../log.ts';
import { createBatchWriter, packSink, sinkOf } from './batch-writer.ts';
import type { KafkaClient } from './client.ts';
import type { OutgoingRecord } from './record.ts';
import type { WireCluster } from './wire.ts';

/** Writes records outside of transactions: requests of the gateway, rows of upstream services. */
export type Producer = {
  /**
   * Resolves when all replicas have the records. KAFKA_UNAVAILABLE when that took too long: the
   * records may then be written or not, so an id in the record must let readers drop a second.
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
};

/** A person waits for the answer of a request, so the bound is short. */
const sendDeadlineMs = 5000;
const retryMs = 200;

type Writer = { readonly cluster: WireCluster; write: BatchWriter['write'] };
type BatchWriter = ReturnType<typeof createBatchWriter>;

async function openWriter(kafka: KafkaClient): Promise<Writer> {
  const cluster = await kafka.openCluster();
  try {
    const broker = await cluster.findBroker({ nodeId: anyNode(cluster) });
    const identity = await broker.initProducerId({ transactionalId: null, transactionTimeout: 0 });
    const { write } = createBatchWriter(cluster, {
      transactionalId: null,
      producerId: BigInt(identity.producerId),
      producerEpoch: identity.producerEpoch,
    });
    return { cluster, write };
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
}

function anyNode(cluster: WireCluster): number {
  const [nodeId] = cluster.getNodeIds();
  if (nodeId === undefined) throw new VestnikError('KAFKA_UNAVAILABLE', 'no broker is known');
  return Number(nodeId);
}

/**
 * An idempotent producer. Sends go out one after the other, in the order of the calls; the first
 * one connects.
 */
export function openProducer(options: {
  readonly kafka: KafkaClient;
  readonly log: Log;
}): Producer {
  let writer: Writer | null = null;
  let last: Promise<void> = Promise.resolve();

  async function attempt(records: readonly OutgoingRecord[]): Promise<void> {
    writer ??= await openWriter(options.kafka);
    const { cluster, write } = writer;
    try {
      await write(await packSink(await sinkOf(cluster, records)));
    } catch (error) {
      writer = null;
      await cluster.disconnect();
      throw error;
    }
  }

  async function sendBounded(records: readonly OutgoingRecord[]): Promise<void> {
    const deadlineMs = Date.now() + sendDeadlineMs;
    for (;;) {
      try {
        return await attempt(records);
      } catch (error) {
        const final = error instanceof VestnikError && !error.retryable;
        if (final) throw error;
        if (Date.now() >= deadlineMs) {
          throw new VestnikError('KAFKA_UNAVAILABLE', describeError(error), { cause: error });
        }
        options.log.warn({ reason: describeError(error) }, 'a send failed; it is tried again');
        await systemClock.sleep(retryMs);
      }
    }
  }

  return {
    send(records) {
      const sent = last.then(() => sendBounded(records));
      last = sent.catch(() => undefined);
      return sent;
    },
    async close() {
      await last;
      await writer?.cluster.disconnect();
    },
  };
}
