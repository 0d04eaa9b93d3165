import type { Notification } from '../../../schemas/generated/records.ts';

/** A notification to Anna; `changes` says what a test is about. */
export function notification(changes: Partial<Notification> = {}): Notification {
  return {
    notificationId: '7c9e6679-7425-50de-944b-e07fc1f90ae7',
    eventId: 'event-1',
    eventType: 'episodeReleased',
    requestId: null,
    userId: 'anna',
    channel: 'email',
    address: 'anna@example.com',
    recipientName: 'Анна Каренина',
    locale: 'ru',
    subject: 'О фильме Брат',
    body: 'Уважаемая <b>Анна</b>, вышла серия: Брат &amp; сестра',
    templateId: 't-1',
    templateVersion: 1,
    source: { topic: 'episode-released', partition: 0, offset: 1 },
    userOffset: 1,
    preferenceOffset: null,
    occurredAt: Date.parse('2026-01-15T12:00:00Z'),
    test: false,
    ...changes,
  };
}
