import { v5 } from 'uuid';

/**
 * The name space of all notification ids. Never change it: an id made twice from the same input
 * must be the same for ever, on replay too (RFC 9562, section 5.5).
 */
export const notificationNamespace = 'c1f0a6d2-5b1e-5c39-9f57-6a4b0c7f2e11';

/** What makes a notification the one it is. */
export type NotificationIdentity = {
  readonly eventId: string;
  readonly templateId: string;
  readonly channel: string;
  readonly userId: string;
};

/**
 * The text whose UUID v5 is a notification's id: `4:e-42` and so on, each part behind its length
 * in bytes of UTF-8. A separator would not do: an id may hold it, and two notifications could then
 * have one id. The user comes last and needs no length, so all before it is shared.
 */
export function notificationName({ eventId, templateId, channel, userId }: NotificationIdentity) {
  const shared = [eventId, templateId, channel].map((part) => `${Buffer.byteLength(part)}:${part}`);
  return `${shared.join('')}${userId}`;
}

/** UUID v5 of event, template, channel and user. Pure: the same input gives the same id. */
export function notificationIdOf(identity: NotificationIdentity): string {
  return v5(notificationName(identity), notificationNamespace);
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the form of a notification's id: a UUID, of whichever version. */
export const isUuid = (text: string): boolean => uuidPattern.test(text);
