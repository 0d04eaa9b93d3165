import { subjectOf, type Topic } from '../../schemas/topics.ts';
import type { Clock } from '../clock.ts';
import { describeError, VestnikError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { openTopicAdmin, type TopicSetup } from '../kafka/topic-admin.ts';
import type { Log } from '../log.ts';
import { type CompatibilityLevel, openRegistry, type Registry } from '../registry.ts';
import { schemaOf } from '../serde.ts';

/** What a deploy did. */
export type Deployed = {
  readonly created: readonly string[];
  readonly kept: readonly string[];
  readonly subjects: number;
};

export type DeployOptions = {
  readonly kafka: KafkaClient;
  readonly registryUrl: string;
  readonly topics: readonly Topic[];
  readonly log: Log;
  readonly clock: Clock;
};

/** A registry that was just started gets this long to answer. */
const registryDeadlineMs = 30_000;
const registryRetryMs = 300;

/**
 * How the topics that exist differ from the map, in words; empty when they do not. Co-partitioned
 * topics have the same count in the map, so agreeing with it is being co-partitioned.
 */
export function mismatches(
  topics: readonly Topic[],
  existing: ReadonlyMap<string, TopicSetup>,
): readonly string[] {
  return topics.flatMap((topic) => {
    const found = existing.get(topic.name);
    if (!found) return [];
    const problems: string[] = [];
    if (found.partitions !== topic.partitions) {
      const why = topic.coPartition
        ? `, as all topics keyed like ${topic.coPartition} must have`
        : '';
      problems.push(
        `${topic.name} has ${found.partitions} partitions, not ${topic.partitions}${why}`,
      );
    }
    if (found.cleanup !== topic.cleanup) {
      problems.push(`${topic.name} has cleanup.policy ${found.cleanup}, not ${topic.cleanup}`);
    }
    return problems;
  });
}

async function deployTopics(
  options: DeployOptions,
): Promise<{ created: string[]; kept: string[] }> {
  const { kafka, topics } = options;
  const admin = await openTopicAdmin(kafka);
  try {
    const existing = await admin.describe(topics.map(({ name }) => name));
    const problems = mismatches(topics, existing);
    if (problems.length > 0) throw new VestnikError('TOPIC_MISMATCH', problems.join('; '));
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) await admin.create(missing);
    return { created: missing.map(({ name }) => name), kept: [...existing.keys()] };
  } finally {
    await admin.close();
  }
}

/** Who writes a topic moves first: where that is not us, our schema must read what comes next. */
const levelOf = ({ writers }: Topic): CompatibilityLevel =>
  writers.includes('upstream') ? 'FULL_TRANSITIVE' : 'BACKWARD_TRANSITIVE';

async function register(registry: Registry, topic: Topic, options: DeployOptions): Promise<void> {
  const { clock, log } = options;
  const schema = schemaOf(topic);
  if (schema === null) return;
  const deadlineMs = clock.nowMs() + registryDeadlineMs;
  for (;;) {
    try {
      await registry.register(subjectOf(topic), schema, levelOf(topic));
      return;
    } catch (error) {
      const retryable = error instanceof VestnikError && error.retryable;
      if (!retryable || clock.nowMs() >= deadlineMs) throw error;
      log.warn({ reason: describeError(error) }, 'waiting for the schema registry');
      await clock.sleep(registryRetryMs);
    }
  }
}

/**
 * Creates the topics of the map that are missing and registers their schemas. What exists is
 * checked, never altered: TOPIC_MISMATCH or SCHEMA_INCOMPATIBLE say what differs. To be run once
 * per release, from one place: registries race when several register the same subject.
 */
export async function deploy(options: DeployOptions): Promise<Deployed> {
  const registry = openRegistry(options.registryUrl);
  const { created, kept } = await deployTopics(options);
  const typed = options.topics.filter(({ schema }) => schema !== null);
  for (const topic of typed) await register(registry, topic, options);
  options.log.info({ created, subjects: typed.length }, 'deployed');
  return { created, kept, subjects: typed.length };
}
