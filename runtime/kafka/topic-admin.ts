import kafkajs from 'kafkajs';
import type { Topic } from '../../schemas/topics.ts';
import { describeError, VestnikError } from '../errors.ts';
import type { KafkaClient } from './client.ts';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

/** How a topic is set up on the broker. */
export type TopicSetup = { readonly partitions: number; readonly cleanup: string };

const createTimeoutMs = 30_000;
const maxReplicas = 3;
/** A dead letter is a record as large as any, with headers that say why. */
const deadLetterMaxBytes = 2 * 1024 * 1024;
/** A deleted row must leave the log some day: a bound on how long it may stay uncompacted. */
const maxCompactionLagMs = 24 * 60 * 60 * 1000;

function configOf(topic: Topic): { name: string; value: string }[] {
  const kept = String(topic.retentionMs);
  const config: Record<string, string> =
    topic.cleanup === 'compact'
      ? {
          'delete.retention.ms': kept,
          'max.compaction.lag.ms': String(maxCompactionLagMs),
        }
      : { 'retention.ms': kept };
  if (topic.kind === 'raw') config['max.message.bytes'] = String(deadLetterMaxBytes);
  const entries = Object.entries({ 'cleanup.policy': topic.cleanup, ...config });
  return entries.map(([name, value]) => ({ name, value }));
}

/** Creates topics and says how existing ones are set up. Alters nothing. */
export type TopicAdmin = {
  describe(names: readonly string[]): Promise<ReadonlyMap<string, TopicSetup>>;
  create(topics: readonly Topic[]): Promise<void>;
  close(): Promise<void>;
};

/** Opens the administrator's connection of a cluster. */
export async function openTopicAdmin(kafka: KafkaClient): Promise<TopicAdmin> {
  const client = new Kafka({
    brokers: [...kafka.brokers],
    clientId: 'vestnik-deploy',
    logLevel: logLevel.NOTHING,
  });
  const admin = client.admin();
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw new VestnikError('KAFKA_PROTOCOL', describeError(error), { cause: error });
    }
  };
  await guard(() => admin.connect());
  return {
    describe: (names) =>
      guard(async () => {
        const existing = new Set(await admin.listTopics());
        const present = names.filter((name) => existing.has(name));
        if (present.length === 0) return new Map();
        const { topics } = await admin.fetchTopicMetadata({ topics: present });
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: present.map((name) => ({
            type: ConfigResourceTypes.TOPIC,
            name,
            configNames: ['cleanup.policy'],
          })),
        });
        const cleanups = new Map(
          resources.map((each) => [each.resourceName, each.configEntries[0]?.configValue ?? '']),
        );
        return new Map(
          topics.map(({ name, partitions }) => [
            name,
            { partitions: partitions.length, cleanup: cleanups.get(name) ?? '' },
          ]),
        );
      }),
    create: (topics) =>
      guard(async () => {
        const { brokers } = await admin.describeCluster();
        await admin.createTopics({
          waitForLeaders: true,
          timeout: createTimeoutMs,
          topics: topics.map((topic) => ({
            topic: topic.name,
            numPartitions: topic.partitions,
            replicationFactor: Math.min(maxReplicas, brokers.length),
            configEntries: configOf(topic),
          })),
        });
      }),
    close: () => admin.disconnect(),
  };
}
