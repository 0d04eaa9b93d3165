import { systemClock } from '../clock.ts';
import { describeError, VestnikError } from '../errors.ts';
import type { Log } from '../log.ts';
import { assignSlots, type Member } from './assignor.ts';
import { coordinatorOf, type KafkaClient, leadersOf } from './client.ts';
import {
  type JoinedGroup,
  MemberAssignment,
  MemberMetadata,
  type WireBroker,
  type WireCluster,
  type WireError,
} from './wire.ts';

/** A place in a consumer group that shares out partition numbers, called slots. */
export type Membership = { close(): Promise<void> };

/** The parts that react to the group. */
export type MembershipHandlers = {
  /** The slots this member works on now; told to the group when it joins. */
  owned(): readonly number[];
  /**
   * The slots the group gives to this member. Resolves when the work on slots that are not among
   * them has ended. Answers whether any had to be given up.
   */
  assigned(slots: readonly number[]): Promise<boolean>;
};

const protocolName = 'vestnik-cooperative-sticky';
const protocolVersion = 1;
/**
 * A killed member's slots are free again after this time. With Kafka's least, 6 s, members of a
 * machine under heavy load were thrown out in turns; its default of 45 s is a long silence.
 */
const sessionTimeoutMs = 10_000;
const heartbeatMs = 1500;
const rebalanceTimeoutMs = 20_000;
const backOffMs = 500;
/** Rebalance in progress, illegal generation, unknown member: join again. */
const rejoinCodes = new Set([22, 25, 27]);
const unknownMemberCode = 25;

const codeOf = (error: unknown) => Number((error as WireError | undefined)?.code);

async function slotCountOf(cluster: WireCluster, topics: readonly string[]): Promise<number> {
  const counts: number[] = [];
  for (const topic of topics) counts.push((await leadersOf(cluster, topic)).size);
  return Math.max(...counts);
}

function toMember(member: JoinedGroup['members'][number]): Member {
  const metadata = MemberMetadata.decode(member.memberMetadata);
  const text = metadata?.userData.toString() || '[]';
  return { memberId: member.memberId, owned: JSON.parse(text) as number[] };
}

async function shareOut(cluster: WireCluster, group: JoinedGroup, topics: readonly string[]) {
  if (group.leaderId !== group.memberId) return [];
  const partitions = new Map<string, number>();
  for (const topic of topics) partitions.set(topic, (await leadersOf(cluster, topic)).size);
  const slotCount = Math.max(...partitions.values());
  const given = assignSlots(group.members.map(toMember), slotCount);
  return [...given].map(([memberId, slots]) => {
    const entries = topics.map((topic): [string, number[]] => [
      topic,
      slots.filter((slot) => slot < (partitions.get(topic) ?? 0)),
    ]);
    const assignment = Object.fromEntries(entries);
    return {
      memberId,
      memberAssignment: MemberAssignment.encode({ version: protocolVersion, assignment }),
    };
  });
}

/**
 * Joins a group and stays in it until closed, through rebalances and losses of the coordinator.
 * Work goes on while the group is being joined again: a new owner fences the old one, so only a
 * slot that really moves has to stop.
 */
export async function joinGroup(options: {
  readonly kafka: KafkaClient;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly log: Log;
  readonly handlers: MembershipHandlers;
}): Promise<Membership> {
  const { kafka, groupId, topics, log, handlers } = options;
  const cluster = await kafka.openCluster();
  await slotCountOf(cluster, topics);
  const closing = new AbortController();
  let memberId = '';

  async function joinOnce(): Promise<{ coordinator: WireBroker; generationId: number }> {
    const coordinator = await coordinatorOf(cluster, 'group', groupId);
    const userData = Buffer.from(JSON.stringify(handlers.owned()));
    const metadata = MemberMetadata.encode({ version: protocolVersion, topics, userData });
    const group = await coordinator.joinGroup({
      groupId,
      memberId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      groupProtocols: [{ name: protocolName, metadata }],
    });
    memberId = group.memberId;
    const { generationId } = group;
    const groupAssignment = await shareOut(cluster, group, topics);
    const synced = await coordinator.syncGroup({
      groupId,
      generationId,
      memberId,
      groupAssignment,
    });
    closing.signal.throwIfAborted();
    const assignment = MemberAssignment.decode(synced.memberAssignment)?.assignment ?? {};
    const slots = [...new Set(Object.values(assignment).flat())].toSorted((a, b) => a - b);
    log.info({ groupId, generationId, slots }, 'joined the group');
    const released = await handlers.assigned(slots);
    return released ? joinOnce() : { coordinator, generationId };
  }

  async function stay(): Promise<void> {
    const { coordinator, generationId } = await joinOnce();
    while (!closing.signal.aborted) {
      await systemClock.sleep(heartbeatMs, closing.signal);
      if (closing.signal.aborted) return;
      await coordinator.heartbeat({ groupId, memberId, groupGenerationId: generationId });
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await stay();
      } catch (error) {
        const code = codeOf(error);
        if (code === unknownMemberCode) memberId = '';
        if (rejoinCodes.has(code)) continue;
        log.warn({ groupId, reason: describeError(error) }, 'the group was lost; joining again');
        await systemClock.sleep(backOffMs, closing.signal);
        await cluster.refreshMetadata().catch(() => undefined);
      }
    }
  }

  const running = run();
  return {
    async close() {
      closing.abort(new VestnikError('INTERNAL', 'the membership is closed'));
      await handlers.assigned([]);
      const leave = async () => {
        const coordinator = await coordinatorOf(cluster, 'group', groupId);
        if (memberId) await coordinator.leaveGroup({ groupId, memberId });
      };
      await leave().catch(() => undefined);
      await cluster.disconnect();
      await running;
    },
  };
}
