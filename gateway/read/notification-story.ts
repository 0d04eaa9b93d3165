import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type {
  Channel,
  DecisionReason,
  EventType,
  Source,
} from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import type { BoundedReads } from './bounded-reads.ts';
import type { NotificationState } from './history.ts';
import type { LaneText, LaneTexts } from './lane-texts.ts';
import {
  type AttemptLine,
  type AttemptRow,
  type DecisionRow,
  type EventColumns,
  type FannedOutRow,
  type HeadRow,
  readAttempts,
  readDecision,
  readFannedOut,
  readHead,
  readText,
  type SentText,
  type TextRow,
} from './story-rows.ts';

/** A row of a table that was joined: the newest record of the person at that moment. */
type JoinedRow = Source;

/** All that the history knows of one notification. Null: it is not known, or not reached. */
export type NotificationStory = {
  readonly notificationId: string;
  readonly state: NotificationState;
  readonly userId: string;
  readonly channel: Channel | null;
  readonly templateId: string | null;
  readonly templateVersion: number | null;
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
  /** Null where there was none, where the person was erased, or for the reason in `textMissing`. */
  readonly text: SentText | null;
  /**
   * Why the text of a fan-out, which lies in its lane, is not here: lanes are kept for some days,
   * and read from Kafka.
   */
  readonly textMissing: 'notKept' | 'notReachable' | null;
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

function joinedBy(
  userId: string,
  { userOffset, preferenceOffset }: Pick<TextRow, 'userOffset' | 'preferenceOffset'>,
) {
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

const eventOf = ({ eventId, eventType, topic, partition, offset }: EventColumns) => ({
  eventId,
  eventType,
  source: { topic, partition, offset },
});

/** What was rendered, from wherever it lies. */
type Rendered = Pick<
  NotificationStory,
  'templateVersion' | 'event' | 'writtenAtMs' | 'joined' | 'text' | 'textMissing'
>;

const nothing: Rendered = {
  templateVersion: null,
  event: null,
  writtenAtMs: null,
  joined: null,
  text: null,
  textMissing: null,
};

const renderedAsRow = (userId: string, row: TextRow): Rendered => ({
  templateVersion: row.templateVersion,
  event: eventOf(row),
  writtenAtMs: row.writtenAt?.getTime() ?? null,
  joined: joinedBy(userId, row),
  text: textOf(row),
  textMissing: null,
});

/** The id tells whether it is the record that was meant: the lane may have been made anew. */
function renderedInLane(notificationId: string, row: FannedOutRow, found: LaneText): Rendered {
  const { eventId, eventType, sourceTopic, templateVersion } = row;
  const source = {
    topic: sourceTopic ?? '',
    partition: row.sourcePartition,
    offset: row.sourceOffset,
  };
  const isKnown = eventId !== null && eventType !== null && sourceTopic !== null;
  const known = {
    ...nothing,
    templateVersion,
    event: isKnown ? { eventId, eventType, source } : null,
    writtenAtMs: row.writtenAt?.getTime() ?? null,
  };
  if (found.kind === 'notReachable') return { ...known, textMissing: 'notReachable' };
  if (found.kind === 'notKept' || found.notification.notificationId !== notificationId) {
    return { ...known, textMissing: 'notKept' };
  }
  const { notification: sent } = found;
  return {
    ...known,
    joined: joinedBy(sent.userId, sent),
    text: {
      templateVersion: sent.templateVersion,
      locale: sent.locale,
      address: sent.address,
      recipientName: sent.recipientName,
      subject: sent.subject,
      body: sent.body,
    },
  };
}

function storyFrom(
  notificationId: string,
  { occurredAt, erasedAt, ...head }: HeadRow,
  rows: {
    readonly rendered: Rendered;
    readonly decision: DecisionRow | undefined;
    readonly attempts: readonly AttemptRow[];
  },
): NotificationStory {
  const { rendered, decision, attempts } = rows;
  const declinedAtMs = decision?.writtenAt?.getTime() ?? null;
  return {
    notificationId,
    ...head,
    ...rendered,
    occurredAtMs: occurredAt.getTime(),
    event: rendered.event ?? (decision ? eventOf(decision) : null),
    writtenAtMs: rendered.writtenAtMs ?? declinedAtMs,
    text: erasedAt ? null : rendered.text,
    textMissing: erasedAt ? null : rendered.textMissing,
    erasedAtMs: erasedAt?.getTime() ?? null,
    decision: decision ? { reason: decision.reason, detail: decision.detail } : null,
    attempts: attempts.map(({ happenedAt, ...line }) => ({
      ...line,
      happenedAtMs: happenedAt.getTime(),
    })),
  };
}

/** The stories of notifications. Reads always end in time, however long the database takes. */
export function openNotificationStories(options: {
  readonly reads: BoundedReads;
  readonly laneText: LaneTexts;
}): NotificationStories {
  const { reads, laneText } = options;

  async function renderedOf(id: string, head: HeadRow, text?: TextRow, fannedOut?: FannedOutRow) {
    if (text) return renderedAsRow(head.userId, text);
    if (!fannedOut || head.channel === null) return nothing;
    const { partition, offset } = fannedOut;
    const found = await laneText({ channel: head.channel, partition, offset });
    return renderedInLane(id, fannedOut, found);
  }

  return {
    async storyOf(notificationId) {
      const id = notificationId;
      const [[head], [text], [fannedOut], [decision], attempts] = await reads.read((database) =>
        Promise.all([
          readHead(database, id),
          readText(database, id),
          readFannedOut(database, id),
          readDecision(database, id),
          readAttempts(database, id),
        ]),
      );
      if (!head) return null;
      const rendered = await renderedOf(id, head, text, fannedOut);
      return storyFrom(id, head, { rendered, decision, attempts });
    },
  };
}
