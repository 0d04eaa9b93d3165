import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type { Database } from '../../runtime/postgres.ts';
import type {
  Channel,
  DecisionReason,
  DeliveryKind,
  EventType,
  Source,
} from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import type { BoundedReads } from './bounded-reads.ts';
import type { NotificationState } from './history.ts';

/** The text as it was sent; null where the person was erased. */
export type SentText = {
  readonly templateVersion: number;
  readonly locale: string;
  readonly address: string;
  readonly recipientName: string;
  readonly subject: string | null;
  readonly body: string;
};

/** A row of a table that was joined: the newest record of the person at that moment. */
type JoinedRow = Source;

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

/** All that the history knows of one notification. Null: it is not known, or not reached. */
export type NotificationStory = {
  readonly notificationId: string;
  readonly state: NotificationState;
  readonly userId: string;
  readonly channel: Channel | null;
  readonly templateId: string | null;
  readonly requestId: string | null;
  readonly occurredAtMs: number;
  readonly event: {
    readonly eventId: string;
    readonly eventType: EventType;
    readonly source: Source;
  } | null;
  /** When it was rendered or declined. */
  readonly writtenAtMs: number | null;
  readonly joined: { readonly user: JoinedRow; readonly preference: JoinedRow | null } | null;
  readonly text: SentText | null;
  /** The rule that said no. */
  readonly decision: { readonly reason: DecisionReason; readonly detail: string | null } | null;
  /** When the person was erased: then the text is null. */
  readonly erasedAtMs: number | null;
  /** In their order. */
  readonly attempts: readonly AttemptLine[];
};

/** The stories of notifications. */
export type NotificationStories = {
  /** Null when there is no such notification; DATABASE_UNAVAILABLE without PostgreSQL. */
  storyOf(notificationId: string): Promise<NotificationStory | null>;
};

/** Many more than a connector makes; what is behind them is left out. */
const maxAttemptLines = 500;

type HeadRow = {
  readonly state: NotificationState;
  readonly userId: string;
  readonly channel: Channel | null;
  readonly templateId: string | null;
  readonly requestId: string | null;
  readonly occurredAt: Date;
  readonly erasedAt: Date | null;
};
type EventColumns = {
  readonly eventId: string;
  readonly eventType: EventType;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly writtenAt: Date | null;
};
type TextRow = EventColumns &
  SentText & { readonly userOffset: number; readonly preferenceOffset: number | null };
type DecisionRow = EventColumns & {
  readonly reason: DecisionReason;
  readonly detail: string | null;
};

const readHead = (database: Database, id: string) => database.query<HeadRow>`
  select state, user_id as "userId", channel, template_id as "templateId",
    request_id as "requestId", occurred_at as "occurredAt", erased_at as "erasedAt"
  from notification_states left join erasures using (user_id)
  where notification_id = ${id}::uuid`;

const readText = (database: Database, id: string) => database.query<TextRow>`
  select event_id as "eventId", event_type as "eventType", source_topic as topic,
    source_partition as partition, source_offset as "offset", written_at as "writtenAt",
    template_version as "templateVersion", locale, address, recipient_name as "recipientName",
    subject, body, user_offset as "userOffset", preference_offset as "preferenceOffset"
  from notifications where notification_id = ${id}::uuid`;

const readDecision = (database: Database, id: string) => database.query<DecisionRow>`
  select event_id as "eventId", event_type as "eventType", source_topic as topic,
    source_partition as partition, source_offset as "offset", written_at as "writtenAt",
    reason, detail
  from decisions where notification_id = ${id}::uuid`;

type AttemptRow = Omit<AttemptLine, 'happenedAtMs'> & { readonly happenedAt: Date };

const readAttempts = (database: Database, id: string) => database.query<AttemptRow>`
  select kind, attempt, provider_id as "providerId", code, reason,
    retry_after_ms as "retryAfterMs", happened_at as "happenedAt"
  from delivery_events where notification_id = ${id}::uuid
  order by generation, record_offset limit ${maxAttemptLines}`;

function joinedBy(userId: string, { userOffset, preferenceOffset }: TextRow) {
  const rowOf = ({ name, partitions }: typeof topics.users | typeof topics.preferences) => {
    const partition = partitionOf(Buffer.from(userId), partitions);
    return (offset: number): JoinedRow => ({ topic: name, partition, offset });
  };
  return {
    user: rowOf(topics.users)(userOffset),
    preference: preferenceOffset === null ? null : rowOf(topics.preferences)(preferenceOffset),
  };
}

function textOf(row: TextRow): SentText {
  const { templateVersion, locale, address, recipientName, subject, body } = row;
  return { templateVersion, locale, address, recipientName, subject, body };
}

function storyFrom(
  notificationId: string,
  { occurredAt, erasedAt, ...head }: HeadRow,
  rows: {
    readonly text: TextRow | undefined;
    readonly decision: DecisionRow | undefined;
    readonly attempts: readonly AttemptRow[];
  },
): NotificationStory {
  const { text, decision, attempts } = rows;
  const event = text ?? decision;
  return {
    notificationId,
    ...head,
    occurredAtMs: occurredAt.getTime(),
    event: event
      ? {
          eventId: event.eventId,
          eventType: event.eventType,
          source: { topic: event.topic, partition: event.partition, offset: event.offset },
        }
      : null,
    writtenAtMs: event?.writtenAt?.getTime() ?? null,
    joined: text ? joinedBy(head.userId, text) : null,
    text: text && !erasedAt ? textOf(text) : null,
    erasedAtMs: erasedAt?.getTime() ?? null,
    decision: decision ? { reason: decision.reason, detail: decision.detail } : null,
    attempts: attempts.map(({ happenedAt, ...line }) => ({
      ...line,
      happenedAtMs: happenedAt.getTime(),
    })),
  };
}

/** The stories of notifications. Reads always end in time, however long the database takes. */
export function openNotificationStories(reads: BoundedReads): NotificationStories {
  return {
    storyOf: (notificationId) =>
      reads.read(async (database) => {
        const [[head], [text], [decision], attempts] = await Promise.all([
          readHead(database, notificationId),
          readText(database, notificationId),
          readDecision(database, notificationId),
          readAttempts(database, notificationId),
        ]);
        return head ? storyFrom(notificationId, head, { text, decision, attempts }) : null;
      }),
  };
}
