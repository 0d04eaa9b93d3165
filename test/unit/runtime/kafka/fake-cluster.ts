import type { KafkaClient } from '../../../../runtime/kafka/client.ts';
import type { FetchedPartition } from '../../../../runtime/kafka/fetch-request.ts';
import { Decoder, type WireCluster, type WireRequest } from '../../../../runtime/kafka/wire.ts';
import { createLog } from '../../../../runtime/log.ts';

/** A partition of a fetch request, and the offset it is to be read from. */
export type Asked = { readonly partition: number; readonly offset: number };
/** What a broker says of a partition; what is left out means that nothing is the matter. */
export type Answer = Partial<FetchedPartition> & { readonly partition: number };
/** A broker: how it answers a fetch. */
export type Node = (asked: readonly Asked[]) => Promise<readonly Answer[]>;

/** The partitions of a request, in the order in which the broker fills its answer (version 11). */
async function partitionsIn(request: WireRequest<unknown>): Promise<readonly Asked[]> {
  const { buffer } = await request.request.encode();
  const decoder = new Decoder(buffer);
  for (let skip = 0; skip < 4; skip += 1) decoder.readInt32();
  decoder.readInt8();
  decoder.readInt32();
  decoder.readInt32();
  const topics = decoder.readArray((each) => {
    each.readString();
    return each.readArray((at) => {
      const partition = at.readInt32();
      at.readInt32();
      const offset = Number(at.readInt64());
      at.readInt64();
      at.readInt32();
      return { partition, offset };
    });
  });
  return topics.flat();
}

/**
 * A client of brokers that answer as a test says; `leaders[p]` leads partition p, -1 for none.
 * `offsetAt` is what a broker says of the offset at a time: -2 is the earliest, -1 the latest.
 */
export function clientOf(options: {
  readonly topic: string;
  readonly leaders: readonly number[];
  readonly nodes: Readonly<Record<number, Node>>;
  readonly offsetAt?: (timestamp: number) => number;
  readonly topicId?: () => string;
}): KafkaClient {
  const { topic, leaders, nodes, offsetAt = () => 0, topicId = () => 'id' } = options;
  const closers: (() => Promise<void>)[] = [];
  const findBroker = async ({ nodeId }: { nodeId: number }) => {
    const node = nodes[nodeId];
    if (!node) throw new Error(`there is no broker ${nodeId}`);
    const connectionPool = {
      async send(request: WireRequest<unknown>) {
        const answers = await node(await partitionsIn(request));
        const partitions = answers.map((answer) => ({
          topic,
          errorCode: 0,
          highWatermark: 0,
          logStartOffset: 0,
          aborted: [],
          records: null,
          ...answer,
        }));
        return { errorCode: 0, partitions };
      },
    };
    const listOffsets = async ({
      topics,
    }: {
      topics: { partitions: { timestamp: number }[] }[];
    }) => {
      const offset = String(offsetAt(topics[0]?.partitions[0]?.timestamp ?? 0));
      return { responses: [{ topic, partitions: [{ partition: 0, offset }] }] };
    };
    return { nodeId, connectionPool, listOffsets, disconnect: async () => undefined };
  };
  /** Answers which topics there are. */
  const send = async () => {
    const partitionMetadata = leaders.map((leader, partitionId) => ({ partitionId, leader }));
    const found = { topicErrorCode: 0, topic, topicId: topicId(), partitionMetadata };
    return { topicMetadata: [found] };
  };
  const cluster = {
    brokerPool: { findConnectedBroker: async () => ({ connectionPool: { send } }) },
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    disconnect: async () => undefined,
    findTopicPartitionMetadata: () =>
      leaders.map((leader, partitionId) => ({ partitionId, leader })),
    findBroker,
  } as unknown as WireCluster;
  return {
    brokers: [],
    log: createLog({ level: 'silent', name: 'test' }),
    cluster,
    openCluster: async () => cluster,
    onClose: (close) => void closers.push(close),
    close: async () => {
      await Promise.all(closers.splice(0).map((close) => close()));
    },
  };
}
