import type {
  DeliveryEvent,
  Notification,
  NotificationDecision,
  NotificationRequested,
  Source,
  Template,
} from '../../schemas/generated/records.ts';
import { id, type Mapped, nearestTime, text, time, toRow, uuid } from './cells.ts';

/** Where a record lies; the generation tells two topics of the same name apart. */
export type Place = {
  readonly partition: number;
  readonly generation: number;
  readonly offset: number;
  /** When it was written, by the clock of its writer. */
  readonly timestampMs: number;
};

type Announced = Pick<Template, 'locale' | 'texts'>;

/** Rows by the columns of their tables, as they go to PostgreSQL in JSON. */
export type RequestRow = {
  readonly request_id: string;
  readonly channel: string;
  readonly template_id: string;
  readonly movie_id: string | null;
  readonly user_ids: readonly string[];
  readonly audience: string | null;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly announced: Announced | null;
};

type SourceColumns = {
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
};

export type NotificationRow = SourceColumns & {
  readonly notification_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly request_id: string | null;
  readonly user_id: string;
  readonly channel: string;
  readonly template_id: string;
  readonly template_version: number;
  readonly locale: string;
  readonly address: string;
  readonly recipient_name: string;
  readonly subject: string | null;
  readonly body: string;
  readonly user_offset: number;
  readonly preference_offset: number | null;
  readonly occurred_at: string;
  readonly written_at: string;
};

export type DecisionRow = SourceColumns & {
  readonly notification_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly request_id: string | null;
  readonly user_id: string;
  readonly channel: string | null;
  readonly template_id: string | null;
  readonly reason: string;
  readonly detail: string | null;
  readonly occurred_at: string;
  readonly written_at: string;
};

export type DeliveryEventRow = SourceColumns & {
  readonly partition: number;
  readonly generation: number;
  readonly record_offset: number;
  readonly notification_id: string;
  readonly request_id: string | null;
  readonly user_id: string;
  readonly channel: string;
  readonly kind: string;
  readonly attempt: number;
  readonly provider_id: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly retry_after_ms: number | null;
  readonly happened_at: string;
};

const sourceColumns = ({ topic, partition, offset }: Source): SourceColumns => ({
  source_topic: text(topic),
  source_partition: partition,
  source_offset: offset,
});

function announcedIn(template: Template | null): Announced | null {
  if (template === null) return null;
  const texts = template.texts.map(({ locale, subject, body }) => {
    return { locale: text(locale), subject: text(subject), body: text(body) };
  });
  return { locale: text(template.locale), texts };
}

export function requestRow(value: NotificationRequested): Mapped<RequestRow> {
  return toRow({
    request_id: id(value.requestId),
    channel: value.channel,
    template_id: text(value.templateId),
    movie_id: text(value.movieId),
    user_ids: value.userIds.map(text),
    audience: text(value.audience),
    requested_by: text(value.requestedBy),
    requested_at: time(value.requestedAt),
    announced: announcedIn(value.template),
  });
}

export function notificationRow(value: Notification, place: Place): Mapped<NotificationRow> {
  return toRow({
    notification_id: uuid(value.notificationId),
    event_id: id(value.eventId),
    event_type: value.eventType,
    request_id: id(value.requestId),
    user_id: id(value.userId),
    channel: value.channel,
    template_id: id(value.templateId),
    template_version: value.templateVersion,
    locale: text(value.locale),
    address: text(value.address),
    recipient_name: text(value.recipientName),
    subject: text(value.subject),
    body: text(value.body),
    user_offset: value.userOffset,
    preference_offset: value.preferenceOffset,
    occurred_at: time(value.occurredAt),
    written_at: nearestTime(place.timestampMs),
    ...sourceColumns(value.source),
  });
}

export function decisionRow(value: NotificationDecision, place: Place): Mapped<DecisionRow> {
  return toRow({
    notification_id: uuid(value.notificationId),
    event_id: id(value.eventId),
    event_type: value.eventType,
    request_id: id(value.requestId),
    user_id: id(value.userId),
    channel: value.channel,
    template_id: id(value.templateId),
    reason: value.reason,
    detail: text(value.detail),
    occurred_at: time(value.occurredAt),
    written_at: nearestTime(place.timestampMs),
    ...sourceColumns(value.source),
  });
}

export function deliveryEventRow(value: DeliveryEvent, place: Place): Mapped<DeliveryEventRow> {
  return toRow({
    partition: place.partition,
    generation: place.generation,
    record_offset: place.offset,
    notification_id: uuid(value.notificationId),
    request_id: id(value.requestId),
    user_id: id(value.userId),
    channel: value.channel,
    kind: value.kind,
    attempt: value.attempt,
    provider_id: text(value.providerId),
    code: text(value.code),
    reason: text(value.reason),
    retry_after_ms: value.retryAfterMs,
    happened_at: time(value.happenedAt),
    ...sourceColumns(value.source),
  });
}
