import { toVestnikError, VestnikError } from '../errors.ts';
import { type KafkaClient, sendTo } from './client.ts';
import { topicsRequest } from './metadata-request.ts';

/**
 * A topic as it is now. Its id is given when it is made, so a topic that was deleted and made anew
 * has another one, whatever its name and its offsets say (KIP-516).
 */
export type TopicLife = { readonly id: string; readonly partitions: number };

const unknownTopicCode = 3;

async function ask({ cluster }: KafkaClient, topics: readonly string[]) {
  const broker = await cluster.brokerPool.findConnectedBroker();
  return sendTo(broker, topicsRequest(topics));
}

/**
 * Asks a broker, not what was heard before, for the topics of some names. Those that are not there
 * are left out.
 */
export async function topicLives(
  kafka: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, TopicLife>> {
  // The first try may find a connection that was cut; that it is, is known then.
  const answer = await ask(kafka, topics)
    .catch(() => ask(kafka, topics))
    .catch((error: unknown) => {
      throw toVestnikError(error, 'KAFKA_UNAVAILABLE');
    });
  const lives = new Map<string, TopicLife>();
  for (const { topic, topicErrorCode, topicId, partitionMetadata } of answer.topicMetadata) {
    if (topicErrorCode === unknownTopicCode) continue;
    lives.set(topic, { id: topicId, partitions: partitionMetadata.length });
  }
  return lives;
}

/** One topic as it is now; TOPIC_MISSING when it is not there. */
export async function topicLife(kafka: KafkaClient, topic: string): Promise<TopicLife> {
  const life = (await topicLives(kafka, [topic])).get(topic);
  if (!life || life.partitions === 0) throw new VestnikError('TOPIC_MISSING', topic);
  return life;
}
