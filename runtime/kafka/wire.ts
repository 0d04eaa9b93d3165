import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { checkClientSources } from './client-sources.ts';
import { type FramedPayload, patchRequestFrames } from './patches/request-frames.ts';
import { patchRequestQueueTimer } from './patches/request-queue-timer.ts';
import { patchRequestTimeout } from './patches/request-timeout.ts';

/*
 * The one door to kafkajs' own modules. The package has no `exports` map, so its connection
 * layer, its protocol and its group encoding can be used without its producer and consumer,
 * which lose or double records in the cases that docs/decisions/002 lists.
 */
const require = createRequire(import.meta.url);
checkClientSources(dirname(require.resolve('kafkajs/package.json')));
patchRequestFrames();
patchRequestQueueTimer();
patchRequestTimeout();

/** A request and how to read its answer, in the shape that a kafkajs connection sends. */
export type WireRequest<T> = {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<WireEncoder | FramedPayload>;
  };
  readonly response: { decode(raw: Buffer): Promise<T>; parse(data: T): Promise<T> };
  readonly logResponseError?: boolean;
};

export type WireEncoder = {
  readonly buffer: Buffer;
  writeInt8(value: number): WireEncoder;
  writeInt16(value: number): WireEncoder;
  writeInt32(value: number): WireEncoder;
  writeInt64(value: bigint | number | string): WireEncoder;
  writeBoolean(value: boolean): WireEncoder;
  writeString(value: string | null): WireEncoder;
  writeUVarInt(value: number): WireEncoder;
  writeUVarIntString(value: string | null): WireEncoder;
  writeBufferInternal(value: Buffer): void;
};

export type WireDecoder = {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string;
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readTaggedFields(): object | null;
  readBytes(length: number): Buffer;
  readArray<T>(read: (decoder: WireDecoder) => T): T[];
};

type TopicPartitions<P> = { readonly topic: string; readonly partitions: readonly P[] };
type Transaction = {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
};

/** The calls of a broker that this project uses. Each rejects with a WireError. */
export type WireBroker = {
  readonly nodeId: number;
  readonly connectionPool: { send<T>(request: WireRequest<T>): Promise<T> };
  disconnect(): Promise<void>;
  metadata(topics: readonly string[]): Promise<WireMetadata>;
  initProducerId(args: {
    transactionalId: string | null;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  addPartitionsToTxn(
    args: Transaction & { topics: readonly TopicPartitions<number>[] },
  ): Promise<unknown>;
  addOffsetsToTxn(args: Transaction & { groupId: string }): Promise<unknown>;
  txnOffsetCommit(
    args: Transaction & {
      groupId: string;
      topics: readonly TopicPartitions<{ partition: number; offset: string; metadata: string }>[];
    },
  ): Promise<unknown>;
  endTxn(args: Transaction & { transactionResult: boolean }): Promise<unknown>;
  offsetFetch(args: {
    groupId: string;
    topics: readonly TopicPartitions<{ partition: number }>[];
  }): Promise<{
    responses: readonly TopicPartitions<{ partition: number; offset: string; metadata: string }>[];
  }>;
  listOffsets(args: {
    replicaId: number;
    isolationLevel: number;
    topics: readonly TopicPartitions<{ partition: number; timestamp: number }>[];
  }): Promise<{ responses: readonly TopicPartitions<{ partition: number; offset: string }>[] }>;
  joinGroup(args: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    groupProtocols: readonly { name: string; metadata: Buffer }[];
  }): Promise<JoinedGroup>;
  syncGroup(args: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(args: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
  }): Promise<unknown>;
  leaveGroup(args: { groupId: string; memberId: string }): Promise<unknown>;
};

export type JoinedGroup = {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
};

export type WireMetadata = {
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    readonly topicId: string;
    readonly partitionMetadata: readonly WirePartition[];
  }[];
};

export type WirePartition = { readonly partitionId: number; readonly leader: number };

export type WireCluster = {
  readonly brokerPool: {
    createBroker(options: object): WireBroker;
    findConnectedBroker(): Promise<WireBroker>;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  getNodeIds(): readonly string[];
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly WirePartition[];
  findBroker(args: { nodeId: number }): Promise<WireBroker>;
  findGroupCoordinator(args: { groupId: string; coordinatorType: number }): Promise<WireBroker>;
};

/** What kafkajs throws: protocol errors carry Kafka's code and type, connection errors a name. */
export type WireError = Error & {
  readonly code?: number | string;
  readonly type?: string;
  readonly retriable?: boolean;
};

export type WireLogEntry = {
  readonly namespace: string;
  readonly level: number;
  readonly log: { readonly message: string; readonly [key: string]: unknown };
};

export const Cluster = require('kafkajs/src/cluster') as new (options: object) => WireCluster;
export const Encoder = require('kafkajs/src/protocol/encoder') as new (
  initialSize?: number,
) => WireEncoder;
export const Decoder = require('kafkajs/src/protocol/decoder') as new (raw: Buffer) => WireDecoder;

export const createSocketFactory = require('kafkajs/src/network/socketFactory') as () => object;
export const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode(code: number): WireError;
};
export const { createLogger } = require('kafkajs/src/loggers') as {
  createLogger(options: { level: number; logCreator: () => (entry: WireLogEntry) => void }): object;
};
export const { requests } = require('kafkajs/src/protocol/requests') as {
  requests: {
    Fetch: { protocol(args: { version: number }): (request: object) => WireRequest<unknown> };
    Metadata: {
      protocol(args: { version: number }): (request: object) => WireRequest<WireMetadata>;
    };
  };
};
export const { MemberMetadata, MemberAssignment } =
  require('kafkajs/src/consumer/assignerProtocol') as {
    MemberMetadata: {
      encode(args: { version: number; topics: readonly string[]; userData: Buffer }): Buffer;
      decode(raw: Buffer): { topics: string[]; userData: Buffer } | null;
    };
    MemberAssignment: {
      encode(args: { version: number; assignment: Readonly<Record<string, number[]>> }): Buffer;
      decode(raw: Buffer): { assignment: Record<string, number[]> } | null;
    };
  };

/** Group coordinators and transaction coordinators are found by different words (KIP-98). */
export const coordinatorType = { group: 0, transaction: 1 } as const;
