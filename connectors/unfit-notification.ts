import type { ErrorCode } from '../runtime/errors.ts';
import { id, tooLarge } from '../runtime/measured.ts';
import type { Channel, Notification } from '../schemas/generated/records.ts';
import { isUuid } from '../schemas/ids.ts';

/**
 * Why a notification can be read and yet not be sent; null when it can. All that goes from it into
 * the journal has a bound here: a line that no broker takes would end its lane, and again after
 * each start. What history could not hold reaches nobody either.
 */
export function unfitToSend(
  notification: Notification,
  channel: Channel,
): { readonly code: ErrorCode; readonly reason: string } | null {
  const { notificationId, userId, requestId } = notification;
  const ids = [id('userId', userId), id('requestId', requestId)];
  const reason = tooLarge('the notification', [id('notificationId', notificationId), ...ids]);
  if (reason !== null) return { code: 'FIELD_TOO_LARGE', reason };
  if (!isUuid(notificationId)) {
    return { code: 'RECORD_UNREADABLE', reason: 'notificationId is no UUID' };
  }
  if (notification.channel !== channel) {
    const other = `channel is ${notification.channel} in a lane of ${channel}`;
    return { code: 'RECORD_UNREADABLE', reason: other };
  }
  return null;
}
