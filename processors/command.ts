import { partitionOf } from '../runtime/kafka/partitioner.ts';
import { emit, type Step } from '../runtime/processor.ts';
import type { NotifyCommand } from '../schemas/generated/records.ts';
import { topics } from '../schemas/topics.ts';
import type { PlanContext } from './plan-context.ts';

/** A command goes to a partition, not to a key, so its writer must know how many there are. */
type CommandContext = Pick<PlanContext, 'partitionsOf'>;

/** The same command for every users-partition: anyone there may be one of its people. */
export function* broadcast(context: CommandContext, command: NotifyCommand): Iterable<Step> {
  const topic = topics.broadcastCommands;
  const count = context.partitionsOf(topic);
  for (let partition = 0; partition < count; partition += 1) {
    yield emit(topic, { key: null, value: command, partition });
  }
}

/** A command for listed people: each users-partition gets the ones whose rows it holds. */
export function* direct(context: CommandContext, command: NotifyCommand): Iterable<Step> {
  const topic = topics.directCommands;
  const count = context.partitionsOf(topic);
  const users = [...new Set(command.audienceKeys)];
  const shares = Map.groupBy(users, (userId) => partitionOf(Buffer.from(userId), count));
  for (const [partition, audienceKeys] of shares) {
    yield emit(topic, { key: null, value: { ...command, audienceKeys }, partition });
  }
}
