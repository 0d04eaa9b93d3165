import type { Notification, NotifyCommand } from '../schemas/generated/records.ts';
import { notificationIdOf } from '../schemas/ids.ts';
import type { UsableTemplate } from './usable-template.ts';

/** The id of what a person gets of a command by a template, written or not. */
export function idOf(
  userId: string,
  { id, channel }: UsableTemplate,
  { eventId }: Pick<NotifyCommand, 'eventId'>,
): string {
  return notificationIdOf({ eventId, templateId: id, channel, userId });
}

type Origin = Pick<NotifyCommand, 'eventId' | 'eventType' | 'requestId' | 'source' | 'occurredAt'>;

/** The part of a record that says where it came from. */
export function originOf(template: UsableTemplate, command: Origin) {
  const { eventId, eventType, requestId, source, occurredAt } = command;
  const { id: templateId, channel } = template;
  return { eventId, eventType, requestId, source, occurredAt, channel, templateId };
}

/** The part of a notification that differs from person to person. */
export type Personal = Pick<
  Notification,
  | 'notificationId'
  | 'userId'
  | 'address'
  | 'recipientName'
  | 'subject'
  | 'body'
  | 'userOffset'
  | 'preferenceOffset'
>;

/** A notification of a command, with the person filled in. */
export function notificationOf(
  personal: Personal,
  template: UsableTemplate,
  command: Origin,
  locale: string,
): Notification {
  return {
    ...originOf(template, command),
    ...personal,
    locale,
    templateVersion: template.version,
    test: false,
  };
}
