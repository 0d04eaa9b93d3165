import { systemClock } from '../clock.ts';
import { describeError, toVestnikError, VestnikError } from '../errors.ts';
import type { Log } from '../log.ts';
import { createBatchWriter, packSink, sinkOf } from './batch-writer.ts';
import { kafkaFailure } from './busy-coordinator.ts';
import type { KafkaClient } from './client.ts';
import type { OutgoingRecord } from './record.ts';
import type { WireCluster, WireError } from './wire.ts';

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
/** Invalid topic, not authorised, invalid record (a table's null key): it stays the same. */
const refusedCodes = new Set([17, 29, 87]);

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

type Waiting = {
  readonly records: readonly OutgoingRecord[];
  readonly deadlineMs: number;
  readonly sent: PromiseWithResolvers<void>;
};

/** What goes out together at most; the rest waits for the next turn. */
const maxSendsTogether = 500;
/**
 * Where several came together more will come: a write costs the broker the same for one record as
 * for fifty. Somebody who is alone never waits.
 */
const lingerMs = 5;

/**
 * An idempotent producer; the first send connects. What is sent while a write is under way waits
 * for it and then goes out together, in the order of the calls.
 */
export function openProducer(options: {
  readonly kafka: KafkaClient;
  readonly log: Log;
}): Producer {
  let writer: Writer | null = null;
  const waiting: Waiting[] = [];
  let running: Promise<void> | null = null;

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

  /** Tries until it works, the time of the oldest is up, or trying again cannot help. */
  async function sendTogether(group: readonly Waiting[]): Promise<void> {
    const records = group.flatMap((each) => each.records);
    const deadlineMs = Math.min(...group.map((each) => each.deadlineMs));
    for (;;) {
      try {
        return await attempt(records);
      } catch (error) {
        if (error instanceof VestnikError && !error.retryable) throw error;
        if (refusedCodes.has(Number((error as WireError).code))) {
          throw toVestnikError(error, 'KAFKA_PROTOCOL');
        }
        if (Date.now() >= deadlineMs) {
          throw kafkaFailure(error);
        }
        options.log.warn({ reason: describeError(error) }, 'a send failed; it is tried again');
        await systemClock.sleep(retryMs);
      }
    }
  }

  async function settle(group: readonly Waiting[]): Promise<void> {
    try {
      await sendTogether(group);
      for (const { sent } of group) sent.resolve();
    } catch (error) {
      // One record that the broker refuses must not take the others with it.
      if (group.length > 1 && error instanceof VestnikError && !error.retryable) {
        for (const each of group) await settle([each]);
      } else for (const { sent } of group) sent.reject(error);
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, maxSendsTogether);
      await settle(group);
      if (group.length > 1) await systemClock.sleep(lingerMs);
    }
    running = null;
  }

  return {
    send(records) {
      const sent = Promise.withResolvers<void>();
      waiting.push({ records, deadlineMs: Date.now() + sendDeadlineMs, sent });
      running ??= run();
      return sent.promise;
    },
    async close() {
      await running;
      await writer?.cluster.disconnect();
    },
  };
}
