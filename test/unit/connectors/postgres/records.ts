import type {
  AuditEntry,
  DeliveryEvent,
  Notification,
  NotificationDecision,
  NotificationRequested,
  SeenEvent,
  Source,
} from '../../../../schemas/generated/records.ts';
import { notificationIdOf } from '../../../../schemas/ids.ts';

/** 2026-01-15T12:00:00Z. */
const noonMs = 1_768_478_400_000;
const source = { topic: 'notification-requested', partition: 1, offset: 5 };
const templateId = 't-request-email';

/** The id of a person's notification of a request. */
export const idOf = (eventId: string, userId: string): string =>
  notificationIdOf({ eventId, templateId, channel: 'email', userId });

export function request(given: Partial<NotificationRequested> = {}): NotificationRequested {
  return {
    requestId: 'request-1',
    channel: 'email',
    templateId,
    movieId: null,
    userIds: ['anna'],
    audience: null,
    template: null,
    requestedBy: 'panel',
    requestedAt: noonMs,
    ...given,
  };
}

/** What the memory notes of a request's command. */
export const seenEvent = (requestId: string, input: Partial<Source> = {}): SeenEvent => ({
  id: `notificationRequested:${requestId}`,
  digest: 'digest',
  source,
  input: { topic: 'broadcast-commands', partition: 0, offset: 7, ...input },
  seenAt: noonMs,
});

export function notification(given: Partial<Notification> = {}): Notification {
  const { requestId = 'request-1', userId = 'anna' } = given;
  return {
    notificationId: idOf(requestId ?? '', userId),
    eventId: requestId ?? '',
    eventType: 'notificationRequested',
    requestId,
    userId,
    channel: 'email',
    address: 'anna@example.com',
    recipientName: 'Анна Каренина',
    locale: 'ru',
    subject: 'Тема',
    body: '<p>Смотрите</p>',
    templateId,
    templateVersion: 3,
    source,
    userOffset: 9,
    preferenceOffset: 4,
    occurredAt: noonMs,
    test: false,
    ...given,
  };
}

export function decision(given: Partial<NotificationDecision> = {}): NotificationDecision {
  const { requestId = 'request-1', userId = 'anna' } = given;
  return {
    notificationId: idOf(requestId ?? '', userId),
    eventId: requestId ?? '',
    eventType: 'notificationRequested',
    requestId,
    userId,
    channel: 'email',
    templateId,
    reason: 'optedOutChannel',
    detail: null,
    source,
    occurredAt: noonMs,
    ...given,
  };
}

export function deliveryEvent(given: Partial<DeliveryEvent> = {}): DeliveryEvent {
  const { requestId = 'request-1', userId = 'anna' } = given;
  return {
    notificationId: idOf(requestId ?? '', userId),
    userId,
    channel: 'email',
    requestId,
    kind: 'started',
    attempt: 1,
    providerId: null,
    code: null,
    reason: null,
    retryAfterMs: null,
    source: { topic: 'email-notifications', partition: 0, offset: 0 },
    happenedAt: noonMs + 1000,
    test: false,
    ...given,
  };
}

/** Somebody looked at a request; with the same id it is the same entry. */
export const auditEntry = (entryId: string, requestId: string): AuditEntry => ({
  entryId,
  at: noonMs,
  actorKind: 'key',
  actorId: 'admins',
  actorName: 'admins',
  action: 'request.seen',
  subjectKind: 'request',
  subjectId: requestId,
  detail: null,
});
