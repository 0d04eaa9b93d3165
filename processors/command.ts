import { tooLargeCommand } from '../rules/sizes.ts';
import { partitionOf } from '../runtime/kafka/partitioner.ts';
import { emit, refuse, type Step } from '../runtime/processor.ts';
import type { NotifyCommand } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { topics } from '../schemas/topics.ts';
import type { PlanContext } from './plan-context.ts';

/** A command goes to a partition, not to a key, so its writer must know how many there are. */
type CommandContext = Pick<PlanContext, 'partitionsOf'>;

/** The refusal of what would be copied too often; null when it is small enough. */
function refuseLarge(command: NotifyCommand): Step | null {
  const large = tooLargeCommand(command);
  return large === null ? null : refuse('FIELD_TOO_LARGE', large);
}

/** The same command for every users-partition: anyone there may be one of its people. */
export function* broadcast(context: CommandContext, command: NotifyCommand): Iterable<Step> {
  const large = refuseLarge(command);
  if (large) return yield large;
  const topic = topics.broadcastCommands;
  const count = context.partitionsOf(topic);
  for (let partition = 0; partition < count; partition += 1) {
    yield emit(topic, { key: null, value: command, partition });
  }
}

/**
 * A command for listed people: each users-partition gets the ones whose rows it holds, so many in a
 * command that it gets through however long their ids are.
 */
export function* direct(context: CommandContext, command: NotifyCommand): Iterable<Step> {
  const large = refuseLarge(command);
  if (large) return yield large;
  const topic = topics.directCommands;
  const count = context.partitionsOf(topic);
  const users = [...new Set(command.audienceKeys)];
  const shares = Map.groupBy(users, (userId) => partitionOf(Buffer.from(userId), count));
  for (const [partition, share] of shares) {
    for (let part = 0; part * limits.peopleInCommand < share.length; part += 1) {
      const start = part * limits.peopleInCommand;
      const audienceKeys = share.slice(start, start + limits.peopleInCommand);
      yield emit(topic, { key: null, value: { ...command, audienceKeys, part }, partition });
    }
  }
}
