import type { DeliveryEvent, Notification } from '../../schemas/generated/records.ts';
import { lanes, type Topic, topics, type ValueOf } from '../../schemas/topics.ts';
import { type AuditRow, auditRow } from './audit-rows.ts';
import type { Mapped } from './cells.ts';
import { type FanOutCommandRow, fanOutCommandRow, isOfListed } from './command-rows.ts';
import { type ErasureRow, erasureRow } from './erase-people.ts';
import { type EventRow, episodeSaid, eventRowOf, movieSaid, replySaid } from './event-rows.ts';
import { type FannedOutRow, fannedOutRow } from './fanned-out-rows.ts';
import { type DeadLetterRow, deadLetterRow, type RedriveRow, redriveRow } from './letter-rows.ts';
import { goneRow, type PersonRow, personRow } from './person-rows.ts';
import {
  type DecisionRow,
  type DeliveryEventRow,
  decisionRow,
  deliveryEventRow,
  type NotificationRow,
  notificationRow,
  type Place,
  type RequestRow,
  requestRow,
} from './rows.ts';

/** What a record of each kind of topic becomes. */
export type RowKinds = {
  readonly request: RequestRow;
  readonly notification: NotificationRow;
  readonly fannedOut: FannedOutRow;
  readonly decision: DecisionRow;
  readonly deliveryEvent: DeliveryEventRow;
  readonly deadLetter: DeadLetterRow;
  readonly redrive: RedriveRow;
  readonly audit: AuditRow;
  readonly event: EventRow;
  readonly fanOutCommand: FanOutCommandRow;
  readonly erasure: ErasureRow;
  readonly person: PersonRow;
};

export type RowKind = keyof RowKinds;

/** A topic, and how its records become rows. */
export type Projection = {
  readonly topic: Topic;
  readonly kind: RowKind;
  /** Takes the value; of a topic without a schema, the whole record. */
  readonly map: (value: unknown, place: Place) => Mapped<RowKinds[RowKind]>;
  /**
   * Of a table: the row for a key whose newest record has no value, or one that nobody can read.
   * Its own reader sets such a record aside.
   */
  readonly mapGone?: (key: string, place: Place) => Mapped<RowKinds[RowKind]>;
  /** Whether a value has no place in the history. */
  readonly leavesOut?: (value: unknown) => boolean;
};

/** Texts that were tried by hand reach nobody of an audience, and must count in nothing. */
const isTest = (value: unknown): boolean => (value as Notification | DeliveryEvent).test;

function projection<T extends Topic, K extends RowKind>(
  topic: T,
  kind: K,
  map: (value: ValueOf<T>, place: Place) => Mapped<RowKinds[K]>,
): Projection {
  return { topic, kind, map: map as Projection['map'] };
}

/** Everything that the history is made of. */
export const projections: readonly Projection[] = [
  projection(topics.erasures, 'erasure', erasureRow),
  { ...projection(topics.users, 'person', personRow), mapGone: goneRow },
  projection(topics.episodeReleased, 'event', eventRowOf(topics.episodeReleased, episodeSaid)),
  projection(topics.movieAdded, 'event', eventRowOf(topics.movieAdded, movieSaid)),
  projection(topics.commentReplied, 'event', eventRowOf(topics.commentReplied, replySaid)),
  projection(topics.notificationRequested, 'request', requestRow),
  ...Object.values(lanes).flatMap(({ direct, bulk }) => [
    { ...projection(direct, 'notification', notificationRow), leavesOut: isTest },
    { ...projection(bulk, 'fannedOut', fannedOutRow), leavesOut: isTest },
  ]),
  { ...projection(topics.seenEvents, 'fanOutCommand', fanOutCommandRow), leavesOut: isOfListed },
  projection(topics.notificationDecisions, 'decision', decisionRow),
  { ...projection(topics.deliveryEvents, 'deliveryEvent', deliveryEventRow), leavesOut: isTest },
  { topic: topics.deadLetters, kind: 'deadLetter', map: deadLetterRow as Projection['map'] },
  projection(topics.redrives, 'redrive', redriveRow),
  projection(topics.audit, 'audit', auditRow),
];
