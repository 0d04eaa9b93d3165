import { VestnikError } from '../errors.ts';
import type { Log } from '../log.ts';
import { kafkaFailure } from './busy-coordinator.ts';
import { metadataRequest } from './metadata-request.ts';
import {
  Cluster,
  coordinatorType,
  createLogger,
  createSocketFactory,
  type WireBroker,
  type WireCluster,
  type WireError,
  type WireLogEntry,
  type WireRequest,
} from './wire.ts';

/** Connections to one Kafka cluster, and what is known of it. Shared by all readers of a role. */
export type KafkaClient = {
  readonly brokers: readonly string[];
  readonly log: Log;
  /** For metadata and short requests. Long polls of readers use a connection of their own. */
  readonly cluster: WireCluster;
  /** Connections of their own, for whoever must not wait behind others; the owner ends them. */
  openCluster(): Promise<WireCluster>;
  /** Runs when the client is closed; for what lives as long as the client. */
  onClose(close: () => Promise<void>): void;
  close(): Promise<void>;
};

const connectionTimeoutMs = 10_000;
const defaultRequestTimeoutMs = 30_000;
/** What Kafka names as the leader of a partition that has none. */
export const noLeader = -1;
const metadataMaxAgeMs = 300_000;
/** Together about 5 s: a broker that is just starting is waited for, a missing one is reported. */
const connectRetry = { retries: 8, initialRetryTime: 100, maxRetryTime: 1000 };
const wireDebugLevel = 5;

/** kafkajs logs what this code handles and reports itself, so its lines are for debugging only. */
function wireLogger(log: Log): object {
  const write = ({ namespace, log: entry }: WireLogEntry) => {
    log.debug({ wire: namespace, detail: entry['error'] }, entry.message);
  };
  return createLogger({ level: wireDebugLevel - 1, logCreator: () => write });
}

/** Gives the cluster's brokers our own request for metadata; see metadata-request.ts. */
function askForMetadata({ brokerPool }: WireCluster): void {
  const { createBroker } = brokerPool;
  brokerPool.createBroker = (options) => {
    const broker = createBroker(options);
    broker.metadata = (topics) => sendTo(broker, metadataRequest(topics));
    return broker;
  };
}

/**
 * Connects, or throws KAFKA_UNAVAILABLE after about five seconds of trying. Later losses of the
 * connection are mended by whoever notices them; the client itself stays usable.
 */
export async function connectKafka(options: {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: Log;
  /** How long an answer may take; then the connection is given up. 30 seconds by default. */
  readonly requestTimeoutMs?: number;
}): Promise<KafkaClient> {
  const closers: (() => Promise<void>)[] = [];
  const openCluster = async () => {
    const cluster = new Cluster({
      logger: wireLogger(options.log),
      brokers: options.brokers,
      clientId: options.clientId,
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
      enforceRequestTimeout: true,
      metadataMaxAge: metadataMaxAgeMs,
      allowAutoTopicCreation: false,
      retry: connectRetry,
      socketFactory: createSocketFactory(),
    });
    askForMetadata(cluster);
    try {
      await cluster.connect();
      await cluster.refreshMetadata();
    } catch (error) {
      throw kafkaFailure(error);
    }
    return cluster;
  };
  const cluster = await openCluster();
  return {
    brokers: options.brokers,
    log: options.log,
    cluster,
    openCluster,
    onClose: (close) => void closers.push(close),
    async close() {
      await Promise.all(closers.map((close) => close()));
      await cluster.disconnect();
    },
  };
}

/** Sends a request; when the connection was cut, the broker is told, and the next reconnects. */
export async function sendTo<T>(broker: WireBroker, request: WireRequest<T>): Promise<T> {
  try {
    return await broker.connectionPool.send(request);
  } catch (error) {
    if ((error as WireError).name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

/**
 * The partitions of a topic and the node that leads each, `noLeader` where none does; TOPIC_MISSING
 * when there is no such topic.
 */
export async function leadersOf(
  cluster: WireCluster,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  try {
    await cluster.addMultipleTargetTopics([topic]);
  } catch (error) {
    if ((error as WireError).type === 'UNKNOWN_TOPIC_OR_PARTITION') {
      throw new VestnikError('TOPIC_MISSING', topic, { cause: error });
    }
    throw kafkaFailure(error);
  }
  const partitions = cluster.findTopicPartitionMetadata(topic);
  if (partitions.length === 0) throw new VestnikError('TOPIC_MISSING', topic);
  return new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader]));
}

/** The broker that leads a partition. */
export async function leaderOf(
  cluster: WireCluster,
  topic: string,
  partition: number,
): Promise<WireBroker> {
  const nodeId = (await leadersOf(cluster, topic)).get(partition);
  if (nodeId === undefined) {
    throw new VestnikError('TOPIC_MISSING', `${topic} has no partition ${partition}`);
  }
  try {
    return await cluster.findBroker({ nodeId });
  } catch (error) {
    throw kafkaFailure(error);
  }
}

/** The broker that keeps a group's offsets or a transactional id's state. */
export async function coordinatorOf(
  cluster: WireCluster,
  kind: keyof typeof coordinatorType,
  id: string,
): Promise<WireBroker> {
  try {
    return await cluster.findGroupCoordinator({
      groupId: id,
      coordinatorType: coordinatorType[kind],
    });
  } catch (error) {
    throw kafkaFailure(error);
  }
}
