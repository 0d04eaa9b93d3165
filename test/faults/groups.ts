import { systemClock } from '../../runtime/clock.ts';
import { createHealth } from '../../runtime/health.ts';
import { coordinatorOf, type KafkaClient } from '../../runtime/kafka/client.ts';
import { committedOffsets, endOffsets } from '../../runtime/kafka/offsets.ts';
import { topicLives } from '../../runtime/kafka/topic-lives.ts';
import { takeOver } from '../../runtime/kafka/transactions.ts';
import type { Topic } from '../../schemas/topics.ts';

async function inputsOf(kafka: KafkaClient, topics: readonly Topic[]) {
  const places = topics.map(async ({ name }) =>
    (await endOffsets(kafka, name)).map(({ high }, partition) => ({
      topic: name,
      partition,
      high,
    })),
  );
  return (await Promise.all(places)).flat();
}

/** A broker that is just up says a few times that it does not know its groups yet. */
const beginAttempts = 50;
const beginRetryMs = 100;

async function commitEnds(kafka: KafkaClient, groupId: string, topics: readonly Topic[]) {
  const inputs = await inputsOf(kafka, topics);
  const { signal } = new AbortController();
  const transactionalId = `${groupId}-begin`;
  const { producer } = await takeOver({
    ...{ kafka, transactionalId, groupId, inputs, signal },
    log: kafka.log,
    health: createHealth(kafka.log),
  });
  try {
    const offsets = inputs.map(({ high, ...place }) => ({ ...place, nextOffset: high }));
    await producer.commit({ records: [], offsets });
  } finally {
    await producer.close();
  }
}

/** Lets a new group begin at the ends of its inputs: what came before is another trial's. */
export async function beginAtEnd(
  kafka: KafkaClient,
  groupId: string,
  topics: readonly Topic[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commitEnds(kafka, groupId, topics);
    } catch (error) {
      if (attempt === beginAttempts) throw error;
      await systemClock.sleep(beginRetryMs);
    }
  }
}

/** True when a group has committed all of its inputs, as they are now: of no former topic. */
export async function isWorkedOff(
  kafka: KafkaClient,
  groupId: string,
  topics: readonly Topic[],
): Promise<boolean> {
  const inputs = await inputsOf(kafka, topics);
  const names = topics.map(({ name }) => name);
  const lives = await topicLives(kafka, names);
  const committed = await committedOffsets(kafka, groupId, inputs);
  return inputs.every(({ topic, high }, index) => {
    if (high === 0) return true;
    const found = committed[index];
    return found?.offset === high && found.topicId === lives.get(topic)?.id;
  });
}

type Admin = {
  describeGroups(args: { groupIds: readonly string[] }): Promise<{
    groups: readonly { readonly members: readonly { readonly memberId: string }[] }[];
  }>;
};

/** Removes the members of a group that died, so that nobody has to wait for their session's end. */
export async function removeMembers(kafka: KafkaClient, groupId: string): Promise<void> {
  const coordinator = await coordinatorOf(kafka.cluster, 'group', groupId);
  const { groups } = await (coordinator as unknown as Admin).describeGroups({
    groupIds: [groupId],
  });
  for (const { memberId } of groups.flatMap(({ members }) => members)) {
    await coordinator.leaveGroup({ groupId, memberId });
  }
}
