import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { createBatchWriter, packSink, sinkOf } from '../../../../runtime/kafka/batch-writer.ts';
import type { WireCluster } from '../../../../runtime/kafka/wire.ts';

const require = createRequire(import.meta.url);

/** Partition 0 is led by broker 0, partition 1 by broker 1. */
const partitionMetadata = [0, 1].map((id) => ({ partitionId: id, leader: id }));
const messages = [0, 1].map((partition) => ({
  topic: 'orders',
  partition,
  key: null,
  value: Buffer.from('v'),
}));
const notEnoughReplicas = () => {
  const { createErrorFromCode } = require('kafkajs/src/protocol/error');
  return createErrorFromCode(19) as Error;
};

/**
 * Two brokers: the first refuses a request that is worth another try, the second answers only
 * when it is told to. Each notes what it was sent.
 */
function twoBrokers() {
  const sent: [string[], string[]] = [[], []];
  const slow = Promise.withResolvers<void>();
  async function receive(nodeId: 0 | 1, request: string): Promise<void> {
    sent[nodeId].push(request);
    if (nodeId === 1) await slow.promise;
    else if (sent[0].length === 1) throw notEnoughReplicas();
  }
  return { sent, receive, release: slow.resolve };
}

test('stock: a retry for one broker sends the records of the other once more', async () => {
  const { sent, receive, release } = twoBrokers();
  const sequences = [0, 0];
  const brokers = ([0, 1] as const).map((nodeId) => ({
    nodeId,
    async produce(args: { topicData: [{ partitions: [{ firstSequence: number }] }] }) {
      await receive(nodeId, `sequence ${args.topicData[0].partitions[0].firstSequence}`);
      return { topics: [] };
    },
  }));
  const retrier = async (attempt: (bail: (error: Error) => void) => Promise<unknown>) => {
    const bail = (error: Error) => {
      throw error;
    };
    return attempt(bail).catch(() => {
      const second = attempt(bail);
      setImmediate(release);
      return second;
    });
  };
  const send = require('kafkajs/src/producer/sendMessages')({
    logger: { error: () => undefined, debug: () => undefined },
    cluster: {
      targetTopics: new Set(),
      isConnected: () => true,
      refreshMetadata: async () => undefined,
      refreshMetadataIfNecessary: async () => undefined,
      addMultipleTargetTopics: async () => undefined,
      findTopicPartitionMetadata: () => partitionMetadata,
      findLeaderForPartitions: () => ({ 0: [0], 1: [1] }),
      findBroker: async ({ nodeId }: { nodeId: number }) => brokers[Number(nodeId)],
    },
    partitioner: ({ message }: { message: { partition: number } }) => message.partition,
    eosManager: {
      acquireBrokerLock: async () => undefined,
      releaseBrokerLock: () => undefined,
      isTransactional: () => true,
      addPartitionsToTransaction: async () => undefined,
      getTransactionalId: () => 'id',
      getProducerId: () => 1,
      getProducerEpoch: () => 0,
      getSequence: (_: string, partition: number) => sequences[partition],
      updateSequence: (_: string, partition: number, by: number) => {
        sequences[partition] = (sequences[partition] ?? 0) + by;
      },
    },
    retrier,
  });
  await send({ acks: -1, topicMessages: [{ topic: 'orders', messages }] });

  expect(sent[1], 'the same record under two sequences').toEqual(['sequence 0', 'sequence 1']);
});

test('ours: a broker that refuses fails the write, and no other is asked twice', async () => {
  const { sent, receive, release } = twoBrokers();
  const brokers = ([0, 1] as const).map((nodeId) => ({
    nodeId,
    connectionPool: { send: () => receive(nodeId, 'batch') },
  }));
  const cluster = {
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => partitionMetadata,
    findBroker: async ({ nodeId }: { nodeId: number }) => brokers[nodeId],
  } as unknown as WireCluster;
  const identity = { transactionalId: 'id', producerId: 1n, producerEpoch: 0 };
  const { write } = createBatchWriter(cluster, identity);
  const packed = await packSink(await sinkOf(cluster, messages));

  await expect(write(packed)).rejects.toMatchObject({ code: 19 });
  release();
  expect(sent).toEqual([['batch'], ['batch']]);
});
