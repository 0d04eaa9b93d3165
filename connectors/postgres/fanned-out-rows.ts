import type { Notification } from '../../schemas/generated/records.ts';
import { id, type Mapped, nearestTime, text, time, toRow, uuid } from './cells.ts';
import type { Place } from './rows.ts';

/** What all notifications of a fan-out have in common, in one language and on one channel. */
export type FanOutHead = {
  readonly event_id: string;
  readonly event_type: string;
  readonly request_id: string | null;
  readonly channel: string;
  readonly template_id: string;
  readonly template_version: number;
  readonly occurred_at: string;
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
};

/** A notification of a bulk lane: its text stays where it lies. */
export type FannedOutRow = FanOutHead & {
  readonly notification_id: string;
  readonly user_id: string;
  readonly lane_partition: number;
  readonly lane_offset: number;
  readonly written_at: string;
};

export function fannedOutRow(value: Notification, place: Place): Mapped<FannedOutRow> {
  return toRow({
    notification_id: uuid(value.notificationId),
    user_id: id(value.userId),
    lane_partition: place.partition,
    lane_offset: place.offset,
    written_at: nearestTime(place.timestampMs),
    event_id: id(value.eventId),
    event_type: value.eventType,
    request_id: id(value.requestId),
    channel: value.channel,
    template_id: id(value.templateId),
    template_version: value.templateVersion,
    occurred_at: time(value.occurredAt),
    source_topic: text(value.source.topic),
    source_partition: value.source.partition,
    source_offset: value.source.offset,
  });
}

const headOf = (row: FannedOutRow): FanOutHead => ({
  event_id: row.event_id,
  event_type: row.event_type,
  request_id: row.request_id,
  channel: row.channel,
  template_id: row.template_id,
  template_version: row.template_version,
  occurred_at: row.occurred_at,
  source_topic: row.source_topic,
  source_partition: row.source_partition,
  source_offset: row.source_offset,
});

const keyOf = (row: FannedOutRow): string =>
  `${row.event_id}\n${row.template_id}\n${row.template_version}\n${row.request_id}\n` +
  `${row.event_type}\n${row.occurred_at}\n${row.source_topic}\n${row.source_partition}\n` +
  `${row.source_offset}`;

const needsEscape = /["\\]/;
const quoted = (value: string): string =>
  needsEscape.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : `"${value}"`;
const arrayOf = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;

/** Rows as PostgreSQL takes them fast: heads in JSON, the rest in arrays (its text form). */
export type FannedOutArrays = {
  /** Each with its number, `place`, counted from 0. */
  readonly heads: string;
  readonly notificationIds: string;
  readonly userIds: string;
  readonly offsets: string;
  readonly writtenAt: string;
  /** Which head each row has. */
  readonly places: string;
};

/**
 * Takes apart what is the same for thousands of rows, and what is each one's own: read from JSON
 * with all its columns, a row costs PostgreSQL as much as its writing.
 */
export function fannedOutArrays(rows: readonly FannedOutRow[]): FannedOutArrays {
  const heads = new Map<string, number>();
  const said: (FanOutHead & { readonly place: number })[] = [];
  const placeOf = (row: FannedOutRow): number => {
    const key = keyOf(row);
    const known = heads.get(key);
    if (known !== undefined) return known;
    const place = heads.size;
    heads.set(key, place);
    said.push({ ...headOf(row), place });
    return place;
  };
  const places = rows.map(placeOf);
  return {
    heads: JSON.stringify(said),
    notificationIds: arrayOf(rows.map((row) => row.notification_id)),
    userIds: arrayOf(rows.map((row) => quoted(row.user_id))),
    offsets: arrayOf(rows.map((row) => row.lane_offset)),
    writtenAt: arrayOf(rows.map((row) => `"${row.written_at}"`)),
    places: arrayOf(places),
  };
}
