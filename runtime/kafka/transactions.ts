import { tellRemade } from '../begin-anew.ts';
import { crashPoint } from '../crash-point.ts';
import { describeError, VestnikError } from '../errors.ts';
import type { Health } from '../health.ts';
import type { Log } from '../log.ts';
import { createBatchWriter, type PackedPartition, packSink, sinkOf } from './batch-writer.ts';
import { absentCodes, busyCodes, codeOf, whileBusy } from './busy-coordinator.ts';
import { coordinatorOf, type KafkaClient } from './client.ts';
import { committedOffsets, offsetRange, tagNote } from './offsets.ts';
import type { OutgoingRecord } from './record.ts';
import type { TopicPartition } from './record-sink.ts';
import { topicLives } from './topic-lives.ts';
import type { WireBroker, WireCluster } from './wire.ts';

/** How far an input was worked through, to be committed with the outputs. */
export type InputOffset = TopicPartition & {
  readonly nextOffset: number;
  /**
   * Kept by Kafka with the offset: the cursor of an unfinished fan-out. At most 4,096 bytes with
   * the topic's id; keys, which cursors are made of, have 900.
   */
  readonly metadata?: string;
};

/** Writes whole transactions under one stable transactional id. */
export type TransactionalProducer = {
  /**
   * One transaction: all the records and the offsets, or nothing. After any error the outcome is
   * unknown and the producer must be closed; taking the partition over again tells what happened.
   */
  commit(transaction: {
    /** Records as they are, or packed ahead of their turn (batch-writer.ts). */
    readonly records: readonly OutgoingRecord[] | PackedRecords;
    readonly offsets: readonly InputOffset[];
  }): Promise<void>;
  close(): Promise<void>;
};

/** Records that are framed and compressed already. */
export type PackedRecords = { readonly packed: readonly PackedPartition[] };

/** Where to go on in an input, and what was noted with that place. */
export type Committed = { readonly nextOffset: number; readonly metadata: string };

/**
 * A transaction lasts well under a second; this bounds how long one that was left open by a dead
 * process holds back the readers when nobody takes its partition over.
 */
const transactionTimeoutMs = 20_000;
const takeOverDeadlineMs = 60_000;
const fencedCodes = new Set([47, 48, 49, 90]);

function toTransactionError(error: unknown): VestnikError {
  if (error instanceof VestnikError && error.code === 'RECORD_TOO_LARGE') return error;
  const code = fencedCodes.has(codeOf(error)) ? 'PRODUCER_FENCED' : 'TRANSACTION_FAILED';
  return new VestnikError(code, describeError(error), { cause: error });
}

type Session = {
  readonly cluster: WireCluster;
  readonly coordinator: WireBroker;
  /** Where offsets are committed; null for a producer that reads no input. */
  readonly group: { readonly coordinator: WireBroker; readonly id: string } | null;
  /** Of each input the id of the topic that its offsets count in. */
  readonly topicIds: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  readonly transaction: {
    readonly transactionalId: string;
    readonly producerId: string;
    readonly producerEpoch: number;
  };
};

function groupTopics(places: readonly TopicPartition[]) {
  return [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, list]) => ({
    topic,
    partitions: list.map(({ partition }) => partition),
  }));
}

async function addPartitions(session: Session, places: readonly PackedPartition[]) {
  const topics = groupTopics(places);
  const args = { ...session.transaction, topics };
  const deadlineMs = Date.now() + transactionTimeoutMs;
  await whileBusy(() => session.coordinator.addPartitionsToTxn(args), {
    ...session,
    codes: busyCodes,
    deadlineMs,
  });
}

async function sendOffsets(session: Session, offsets: readonly InputOffset[]) {
  const { group, transaction } = session;
  if (!group) throw new VestnikError('INTERNAL', 'a producer without inputs commits no offsets');
  const { coordinator, id: groupId } = group;
  const deadlineMs = Date.now() + transactionTimeoutMs;
  await whileBusy(() => session.coordinator.addOffsetsToTxn({ ...transaction, groupId }), {
    ...session,
    codes: busyCodes,
    deadlineMs,
  });
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, list]) => ({
    topic,
    partitions: list.map(({ partition, nextOffset, metadata }) => ({
      partition,
      offset: String(nextOffset),
      metadata: tagNote(session.topicIds.get(topic) ?? '', metadata ?? ''),
    })),
  }));
  await coordinator.txnOffsetCommit({ ...transaction, groupId, topics });
  crashPoint('afterSendOffsets');
}

function createProducer(session: Session): TransactionalProducer {
  const { cluster, transaction } = session;
  const writer = createBatchWriter(cluster, {
    transactionalId: transaction.transactionalId,
    producerId: BigInt(transaction.producerId),
    producerEpoch: transaction.producerEpoch,
  });
  let usable = true;
  return {
    async commit({ records, offsets }) {
      if (!usable) {
        throw new VestnikError('TRANSACTION_FAILED', 'the producer failed before; take over again');
      }
      usable = false;
      try {
        const partitions =
          'packed' in records ? records.packed : await packSink(await sinkOf(cluster, records));
        if (partitions.length > 0) await addPartitions(session, partitions);
        crashPoint('afterAddPartitions');
        const written = [writer.write(partitions).then(() => crashPoint('afterSend'))];
        if (offsets.length > 0) written.push(sendOffsets(session, offsets));
        await Promise.all(written);
        crashPoint('beforeCommit');
        await session.coordinator.endTxn({ ...transaction, transactionResult: true });
        crashPoint('afterCommit');
        usable = true;
      } catch (error) {
        throw toTransactionError(error);
      }
    },
    close: () => cluster.disconnect(),
  };
}

async function startOf(kafka: KafkaClient, place: TopicPartition): Promise<Committed> {
  const { low } = await offsetRange(kafka, place.topic, place.partition);
  return { nextOffset: low, metadata: '' };
}

type Naming = {
  readonly transactionalId: string;
  readonly signal: AbortSignal;
};

/** InitProducerId: fences whoever had the transactional id, and ends what they had open. */
async function fenceFormer(cluster: WireCluster, { transactionalId, signal }: Naming) {
  const deadlineMs = Date.now() + takeOverDeadlineMs;
  const { coordinator, identity } = await whileBusy(
    async () => {
      const coordinator = await coordinatorOf(cluster, 'transaction', transactionalId);
      const args = { transactionalId, transactionTimeout: transactionTimeoutMs };
      return { coordinator, identity: await coordinator.initProducerId(args) };
    },
    { codes: absentCodes, deadlineMs, signal },
  );
  crashPoint('afterInit');
  const { producerId, producerEpoch } = identity;
  return { coordinator, transaction: { transactionalId, producerId, producerEpoch } };
}

/**
 * Becomes the one writer under a transactional id, for work that has no input: whoever was it
 * before can write no more, and what they had not committed is gone.
 */
export async function openTransactions(
  options: Naming & { readonly kafka: KafkaClient },
): Promise<TransactionalProducer> {
  const { kafka, signal } = options;
  const cluster = await kafka.openCluster();
  try {
    const fenced = await fenceFormer(cluster, options);
    return createProducer({ cluster, ...fenced, group: null, topicIds: new Map(), signal });
  } catch (error) {
    await cluster.disconnect();
    throw signal.aborted ? error : toTransactionError(error);
  }
}

/**
 * Takes partitions over, in the order that makes it safe without KIP-447: first InitProducerId,
 * which fences the former owner and ends its open transaction, and only then the committed
 * offsets, which are final from there on. Where nothing was committed, or in a topic that was made
 * anew since, work starts at the first record that is still there.
 */
export async function takeOver(options: {
  readonly kafka: KafkaClient;
  readonly transactionalId: string;
  readonly groupId: string;
  readonly inputs: readonly TopicPartition[];
  readonly log: Log;
  readonly health: Health;
  readonly signal: AbortSignal;
}): Promise<{ producer: TransactionalProducer; committed: readonly Committed[] }> {
  const { kafka, transactionalId, groupId, inputs, signal } = options;
  const cluster = await kafka.openCluster();
  try {
    const { coordinator, transaction } = await fenceFormer(cluster, options);
    const offsets = await committedOffsets(kafka, groupId, inputs);
    const lives = await topicLives(
      kafka,
      inputs.map(({ topic }) => topic),
    );
    const topicIds = new Map([...lives].map(([topic, { id }]) => [topic, id]));
    const places = inputs.map(async (place, index): Promise<Committed> => {
      const found = offsets[index];
      if (!found) return startOf(kafka, place);
      const remade = found.topicId !== null && found.topicId !== topicIds.get(place.topic);
      if (remade) {
        tellRemade(options, place);
        return startOf(kafka, place);
      }
      return { nextOffset: found.offset, metadata: found.metadata };
    });
    const committed = await Promise.all(places);
    const group = { coordinator: await coordinatorOf(cluster, 'group', groupId), id: groupId };
    const { producerEpoch } = transaction;
    options.log.debug({ transactionalId, producerEpoch, committed }, 'took a partition over');
    const session = { cluster, coordinator, group, topicIds, signal, transaction };
    return { producer: createProducer(session), committed };
  } catch (error) {
    await cluster.disconnect();
    throw signal.aborted ? error : toTransactionError(error);
  }
}
