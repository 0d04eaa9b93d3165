import { v5 } from 'uuid';

/**
 * The name space of all notification ids. Never change it: an id made twice from the same input
 * must be the same for ever, on replay too (RFC 9562, section 5.5).
 */
const notificationNamespace = 'c1f0a6d2-5b1e-5c39-9f57-6a4b0c7f2e11';

/** What makes a notification the one it is. */
export type NotificationIdentity = {
  readonly eventId: string;
  readonly templateId: string;
  readonly channel: string;
  readonly userId: string;
};

/** UUID v5 of event, template, channel and user. Pure: the same input gives the same id. */
export function notificationIdOf(identity: NotificationIdentity): string {
  const { eventId, templateId, channel, userId } = identity;
  return v5([eventId, templateId, channel, userId].join('|'), notificationNamespace);
}
