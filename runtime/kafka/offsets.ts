import { absentCodes, kafkaFailure, whileBusy } from './busy-coordinator.ts';
import { coordinatorOf, type KafkaClient, leaderOf, leadersOf } from './client.ts';

/** A partition's range: the first offset still there, and one past the last replicated record. */
export type OffsetRange = { readonly low: number; readonly high: number };

/** Where a group goes on in a partition, and what it noted with the offset. */
export type CommittedOffset = {
  readonly offset: number;
  readonly metadata: string;
  /** The id of the topic that the offset counts in; null when it was not noted. */
  readonly topicId: string | null;
};

/** The first sign says how the rest is laid out, so that another layout is not taken for this. */
const notedPattern = /^1:([\w-]*):(.*)$/s;

/** What is kept beside an offset: the id of the topic that it counts in, and a note. */
export const tagNote = (topicId: string, note: string): string => `1:${topicId}:${note}`;

/** The note and the id beside an offset; what another program left there is no note. */
export function readTagged(metadata: string): Pick<CommittedOffset, 'metadata' | 'topicId'> {
  const [, topicId = '', note = ''] = notedPattern.exec(metadata) ?? [];
  return { metadata: note, topicId: topicId === '' ? null : topicId };
}

const earliest = -2;
const latest = -1;
/**
 * read_uncommitted: `latest` is then the high watermark. At read_committed it would be the end
 * of the last finished transaction, and a table read up to it could miss rows (KAFKA-10167).
 */
const isolationReadUncommitted = 0;
const consumerReplicaId = -1;
/** A coordinator that moved reads its partition first; that takes seconds where it is large. */
const coordinatorWaitMs = 10_000;

/** How many partitions a topic has; TOPIC_MISSING when it does not exist. */
export async function partitionCount(kafka: KafkaClient, topic: string): Promise<number> {
  return (await leadersOf(kafka.cluster, topic)).size;
}

async function offsetAt(
  kafka: KafkaClient,
  topic: string,
  partition: number,
  timestamp: number,
): Promise<number> {
  const broker = await leaderOf(kafka.cluster, topic, partition);
  const { responses } = await broker.listOffsets({
    replicaId: consumerReplicaId,
    isolationLevel: isolationReadUncommitted,
    topics: [{ topic, partitions: [{ partition, timestamp }] }],
  });
  return Number(responses[0]?.partitions[0]?.offset ?? 0);
}

/** The range of one partition. */
export async function offsetRange(
  kafka: KafkaClient,
  topic: string,
  partition: number,
): Promise<OffsetRange> {
  try {
    const low = await offsetAt(kafka, topic, partition, earliest);
    const high = await offsetAt(kafka, topic, partition, latest);
    return { low, high };
  } catch (error) {
    await kafka.cluster.refreshMetadata().catch(() => undefined);
    throw kafkaFailure(error);
  }
}

/** The first offset whose record is as young as a time; the end when there is none. */
export async function offsetAtTime(
  kafka: KafkaClient,
  place: { readonly topic: string; readonly partition: number; readonly timestampMs: number },
): Promise<number> {
  const { topic, partition, timestampMs } = place;
  try {
    const found = await offsetAt(kafka, topic, partition, timestampMs);
    return found >= 0 ? found : await offsetAt(kafka, topic, partition, latest);
  } catch (error) {
    throw kafkaFailure(error);
  }
}

/** The ranges of all partitions of a topic, by partition number. */
export async function endOffsets(kafka: KafkaClient, topic: string): Promise<OffsetRange[]> {
  const count = await partitionCount(kafka, topic);
  const partitions = Array.from({ length: count }, (_, partition) => partition);
  return Promise.all(partitions.map((partition) => offsetRange(kafka, topic, partition)));
}

/**
 * One past the last replicated record of every partition of some topics, by partition number: one
 * request to each broker.
 */
export async function highWatermarks(
  kafka: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { cluster } = kafka;
  const lists = topics.map(async (topic) =>
    [...(await leadersOf(cluster, topic))].map(([partition, nodeId]) => ({
      topic,
      partition,
      nodeId,
    })),
  );
  const places = (await Promise.all(lists)).flat();
  const ends = new Map<string, number[]>(topics.map((topic) => [topic, []]));
  try {
    const asked = [...Map.groupBy(places, ({ nodeId }) => nodeId)].map(async ([nodeId, mine]) => {
      const broker = await cluster.findBroker({ nodeId });
      const { responses } = await broker.listOffsets({
        replicaId: consumerReplicaId,
        isolationLevel: isolationReadUncommitted,
        topics: [...Map.groupBy(mine, ({ topic }) => topic)].map(([topic, list]) => ({
          topic,
          partitions: list.map(({ partition }) => ({ partition, timestamp: latest })),
        })),
      });
      for (const { topic, partitions } of responses) {
        const found = ends.get(topic) ?? [];
        for (const { partition, offset } of partitions) found[partition] = Number(offset);
      }
    });
    await Promise.all(asked);
    return ends;
  } catch (error) {
    await cluster.refreshMetadata().catch(() => undefined);
    throw kafkaFailure(error);
  }
}

/**
 * What a group committed for some partitions; null where it committed nothing. Only final after
 * InitProducerId: this client cannot ask for stable offsets (KIP-447), so a commit of the former
 * owner could still be pending.
 */
export async function committedOffsets(
  kafka: KafkaClient,
  groupId: string,
  inputs: readonly { readonly topic: string; readonly partition: number }[],
): Promise<(CommittedOffset | null)[]> {
  try {
    const topics = [...Map.groupBy(inputs, ({ topic }) => topic)].map(([topic, list]) => ({
      topic,
      partitions: list.map(({ partition }) => ({ partition })),
    }));
    const { responses } = await whileBusy(
      async () => {
        const broker = await coordinatorOf(kafka.cluster, 'group', groupId);
        return broker.offsetFetch({ groupId, topics });
      },
      { codes: absentCodes, deadlineMs: Date.now() + coordinatorWaitMs },
    );
    return inputs.map(({ topic, partition }) => {
      const found = responses
        .find((response) => response.topic === topic)
        ?.partitions.find((each) => each.partition === partition);
      if (!found || Number(found.offset) < 0) return null;
      return { offset: Number(found.offset), ...readTagged(found.metadata) };
    });
  } catch (error) {
    throw kafkaFailure(error);
  }
}
