import type { KafkaRecord, OutgoingRecord } from '../runtime/kafka/record.ts';
import type { Serde } from '../runtime/serde.ts';
import type { DeliveryEvent, Notification } from '../schemas/generated/records.ts';
import { topics } from '../schemas/topics.ts';
import type { SendResult } from './channel.ts';
import type { Counts } from './verdict.ts';

/** One attempt to deliver one notification, and what counts from those before it. */
export type Attempt = Counts & {
  readonly record: KafkaRecord;
  readonly notification: Notification;
  /** From 1. */
  readonly attempt: number;
};

/** What a line says beside which attempt it is about. */
export type Line = Pick<DeliveryEvent, 'kind'> & Partial<DeliveryEvent>;

/** A line of the journal about an attempt. */
export function lineOf(attempt: Attempt, line: Line, happenedAt: number): DeliveryEvent {
  const { notificationId, userId, channel, requestId, test } = attempt.notification;
  const { topic, partition, offset } = attempt.record;
  return {
    notificationId,
    userId,
    channel,
    requestId,
    test,
    attempt: attempt.attempt,
    providerId: null,
    code: null,
    reason: null,
    retryAfterMs: null,
    source: { topic, partition, offset },
    happenedAt,
    ...line,
  };
}

/** The line that an answer makes. */
export function resultLine(result: SendResult): Line {
  switch (result.kind) {
    case 'accepted':
      return { kind: result.kind, providerId: result.providerId };
    case 'throttled': {
      const { kind, code, reason, retryAfterMs } = result;
      return { kind, code, reason, retryAfterMs };
    }
    case 'rejected':
    case 'unavailable':
    case 'unknown':
    case 'misconfigured':
      return { kind: result.kind, code: result.code, reason: result.reason };
  }
}

/**
 * The record of a line. It lies in the partition number that the notification was read from, so
 * that whoever takes that partition over finds there what its former owner began.
 */
export function journalRecord(serde: Pick<Serde, 'encode'>, event: DeliveryEvent): OutgoingRecord {
  return {
    topic: topics.deliveryEvents.name,
    key: Buffer.from(event.notificationId),
    value: serde.encode(topics.deliveryEvents, event),
    partition: event.source.partition,
  };
}
