import { deadLetterHeaders } from '../../runtime/dead-letter.ts';
import type { ErrorCode } from '../../runtime/errors.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import type { Notification, NotificationDecision } from '../../schemas/generated/records.ts';
import { lanes } from '../../schemas/topics.ts';
import type { Expected } from './scenario.ts';

type Lane = { readonly channel: keyof typeof lanes; readonly lane: 'direct' | 'bulk' };

/** All channel topics, with the channel and lane that each carries. */
export const laneList = (Object.keys(lanes) as (keyof typeof lanes)[]).flatMap((channel) =>
  (['direct', 'bulk'] as const).map((lane) => ({ channel, lane, topic: lanes[channel][lane] })),
);

/** What was written to a channel topic, in the words of an expectation. */
export function observeNotification(value: Notification, { channel, lane }: Lane): Expected {
  const { userId, address, subject, body } = value;
  return { kind: 'notification', channel, lane, userId, address, subject, body };
}

export function observeDecision({ userId, channel, reason }: NotificationDecision): Expected {
  return { kind: 'decision', userId, channel: channel ?? 'email', reason };
}

export function observeDeadLetter({ headers }: KafkaRecord): Expected {
  const code = headers.find(([name]) => name === deadLetterHeaders.code)?.[1];
  return { kind: 'dead-letter', code: code?.toString() as ErrorCode };
}

/** An order that does not depend on partitions, so that results can be compared as sets. */
export function sorted(expected: readonly Expected[]): readonly Expected[] {
  const text = (each: Expected) => JSON.stringify(each, Object.keys(each).toSorted());
  return expected.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}
