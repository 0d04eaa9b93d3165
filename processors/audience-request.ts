import type { Objection } from '../rules/judge.ts';
import { planOf } from '../rules/request-plan.ts';
import { emit, type Message, refuse, type Step, sourceOf } from '../runtime/processor.ts';
import { notificationIdOf } from '../schemas/ids.ts';
import { topics } from '../schemas/topics.ts';
import { broadcast, direct } from './command.ts';
import { digestOf } from './once.ts';
import type { PlanContext } from './plan-context.ts';

type RequestMessage = Message<typeof topics.notificationRequested>;

/** A decision for each listed person, so that the request's counts add up and say why. */
function* declineAll(message: RequestMessage, { reason, detail }: Objection) {
  const request = message.value;
  const { requestId, templateId, channel } = request;
  for (const userId of new Set(request.userIds)) {
    const identity = { eventId: requestId, templateId, channel, userId };
    yield emit(topics.notificationDecisions, {
      key: userId,
      value: {
        ...identity,
        notificationId: notificationIdOf(identity),
        eventType: 'notificationRequested',
        requestId,
        reason,
        detail,
        source: sourceOf(message),
        occurredAt: request.requestedAt,
      },
    });
  }
}

/** Turns an administrator's request into commands, or into the reasons why nobody is written to. */
export function* planRequest(message: RequestMessage, context: PlanContext): Iterable<Step> {
  const { value: request, redriven } = message;
  const plan = planOf(request, context.globals);
  switch (plan.kind) {
    case 'refused':
      return yield refuse(plan.code, plan.reason);
    case 'declined':
      return yield* declineAll(message, plan);
    case 'planned': {
      const source = sourceOf(message);
      const command = { ...plan.command, source, digest: digestOf(request), part: 0, redriven };
      yield* command.audienceKind === 'listed'
        ? direct(context, command)
        : broadcast(context, command);
    }
  }
}
