import type { Database } from '../../runtime/postgres.ts';
import type {
  Channel,
  DecisionReason,
  DeliveryKind,
  EventType,
} from '../../schemas/generated/records.ts';
import type { NotificationState } from './history.ts';

/** The text as it was sent. */
export type SentText = {
  readonly templateVersion: number;
  readonly locale: string;
  readonly address: string;
  readonly recipientName: string;
  readonly subject: string | null;
  readonly body: string;
};

/** A line of the attempt journal. */
export type AttemptLine = {
  readonly kind: DeliveryKind;
  readonly attempt: number;
  readonly providerId: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly retryAfterMs: number | null;
  readonly happenedAtMs: number;
};

/** Many more than a connector makes; what is behind them is left out. */
const maxAttemptLines = 500;

export type HeadRow = {
  readonly state: NotificationState;
  readonly userId: string;
  readonly channel: Channel | null;
  readonly templateId: string | null;
  readonly requestId: string | null;
  readonly occurredAt: Date;
  readonly erasedAt: Date | null;
};
/** Of what a fan-out wrote: where its text lies, and what is the same for all of it. */
export type FannedOutRow = {
  readonly eventId: string | null;
  readonly eventType: EventType | null;
  readonly writtenAt: Date | null;
  readonly partition: number;
  readonly offset: number;
  readonly templateVersion: number | null;
  readonly sourceTopic: string | null;
  readonly sourcePartition: number;
  readonly sourceOffset: number;
};
export type EventColumns = {
  readonly eventId: string;
  readonly eventType: EventType;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly writtenAt: Date | null;
};
export type TextRow = EventColumns &
  SentText & { readonly userOffset: number; readonly preferenceOffset: number | null };
export type DecisionRow = EventColumns & {
  readonly reason: DecisionReason;
  readonly detail: string | null;
};

export const readHead = (database: Database, id: string) => database.query<HeadRow>`
  select state, user_id as "userId", channel, template_id as "templateId",
    request_id as "requestId", occurred_at as "occurredAt", erased_at as "erasedAt"
  from notification_states left join erasures using (user_id)
  where notification_id = ${id}::uuid`;

export const readFannedOut = (database: Database, id: string) => database.query<FannedOutRow>`
  select progress.event_id as "eventId", progress.event_type as "eventType",
    written_at as "writtenAt", lane_partition as partition, lane_offset as "offset",
    template_version as "templateVersion", source_topic as "sourceTopic",
    source_partition as "sourcePartition", source_offset as "sourceOffset"
  from notification_progress progress left join lateral (
    select template_version, source_topic, source_partition, source_offset from fan_out_counts
    where event_type = progress.event_type and event_id = progress.event_id
      and template_id = progress.template_id and source_topic is not null limit 1
  ) fan_out on true
  where notification_id = ${id}::uuid and lane_offset is not null`;

export const readText = (database: Database, id: string) => database.query<TextRow>`
  select event_id as "eventId", event_type as "eventType", source_topic as topic,
    source_partition as partition, source_offset as "offset", written_at as "writtenAt",
    template_version as "templateVersion", locale, address, recipient_name as "recipientName",
    subject, body, user_offset as "userOffset", preference_offset as "preferenceOffset"
  from notifications where notification_id = ${id}::uuid`;

export const readDecision = (database: Database, id: string) => database.query<DecisionRow>`
  select event_id as "eventId", event_type as "eventType", source_topic as topic,
    source_partition as partition, source_offset as "offset", written_at as "writtenAt",
    reason, detail
  from decisions where notification_id = ${id}::uuid`;

export type AttemptRow = Omit<AttemptLine, 'happenedAtMs'> & { readonly happenedAt: Date };

export const readAttempts = (database: Database, id: string) => database.query<AttemptRow>`
  select kind, attempt, provider_id as "providerId", code, reason,
    retry_after_ms as "retryAfterMs", happened_at as "happenedAt"
  from delivery_events where notification_id = ${id}::uuid
  order by generation, record_offset limit ${maxAttemptLines}`;
