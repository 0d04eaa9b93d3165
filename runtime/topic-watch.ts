import type { Clock } from './clock.ts';
import { describeError, VestnikError } from './errors.ts';
import type { KafkaClient } from './kafka/client.ts';
import { type TopicLife, topicLives } from './kafka/topic-lives.ts';
import type { Log } from './log.ts';

/** The topics that a role works with, as they were when it began. */
export type TopicWatch = {
  /** How many partitions a topic has; INTERNAL when it is not one of them. */
  partitionsOf(topic: string): number;
  /**
   * Rejects when a topic is not what it was: PARTITIONS_CHANGED, which somebody must decide about,
   * or TOPIC_REMADE, after which the role begins anew.
   */
  readonly changed: Promise<never>;
  /** Looks now, and rejects likewise: what failed may have failed because of that. */
  look(): Promise<void>;
  close(): void;
};

/** Kafka tells nobody of such changes. Half a minute is what may be missed of new partitions. */
const lookEveryMs = 15_000;

/** What happened to a topic since; null when nothing did, or when it is just not there. */
function changeOf(topic: string, before: TopicLife, now: TopicLife | undefined) {
  if (!now || now.partitions === 0) return null;
  if (now.partitions !== before.partitions) {
    const counts = `${topic} had ${before.partitions} partitions and has ${now.partitions}`;
    return new VestnikError('PARTITIONS_CHANGED', counts);
  }
  if (now.id === before.id) return null;
  return new VestnikError('TOPIC_REMADE', topic);
}

/** Notes how topics are, and looks again and again. TOPIC_MISSING when one is not there. */
export async function watchTopics(options: {
  readonly kafka: KafkaClient;
  readonly topics: readonly string[];
  readonly log: Log;
  readonly clock: Clock;
}): Promise<TopicWatch> {
  const { kafka, log, clock } = options;
  const topics = [...new Set(options.topics)];
  const lives = await topicLives(kafka, topics);
  const missing = topics.find((topic) => !lives.get(topic)?.partitions);
  if (missing !== undefined) throw new VestnikError('TOPIC_MISSING', missing);
  const closing = new AbortController();
  const changed = Promise.withResolvers<never>();
  changed.promise.catch(() => undefined);

  async function look(): Promise<void> {
    const now = await topicLives(kafka, topics).catch((error: unknown) => {
      log.debug({ reason: describeError(error) }, 'the topics could not be looked at');
      return lives;
    });
    for (const [topic, before] of lives) {
      const change = changeOf(topic, before, now.get(topic));
      if (change) throw change;
    }
  }
  async function lookAgain(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(lookEveryMs, closing.signal);
      if (!closing.signal.aborted) await look();
    }
  }
  lookAgain().catch((error: unknown) => {
    if (!closing.signal.aborted) changed.reject(error);
  });
  return {
    partitionsOf(topic) {
      const life = lives.get(topic);
      if (!life) throw new VestnikError('INTERNAL', `the partitions of ${topic} were not counted`);
      return life.partitions;
    },
    changed: changed.promise,
    look,
    close: () => closing.abort(),
  };
}
