import { v5 } from 'uuid';
import { parseSchema } from '../../runtime/avro/avro-type.ts';
import { type JsonFault, readPlainJson } from '../../runtime/avro/plain-json.ts';
import { schemaOf } from '../../runtime/serde.ts';
import type { EventType } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import { type Topic, topics } from '../../schemas/topics.ts';
import type { Outcome, Problem } from '../http/problem.ts';
import type { GatewayTables } from '../read/tables.ts';
import type { GatewayRecord } from '../write/publisher.ts';

/** The kinds of events that can be published by hand; a request has a route of its own. */
export type PublishedType = Exclude<EventType, 'notificationRequested'>;

type Kind = {
  readonly topic: Topic;
  /** The field with the record's key. */
  readonly keyField: string;
  /** The field with the time, which is now where it is left out. */
  readonly timeField: string;
  /** The field with the id of a row that must be there, and its table. */
  readonly about: { readonly field: string; readonly table: 'movies' | 'comments' };
};

/** Each kind of event: where it goes, and what it speaks of. */
export const publishedKinds: Readonly<Record<PublishedType, Kind>> = {
  episodeReleased: {
    topic: topics.episodeReleased,
    keyField: 'movieId',
    timeField: 'releasedAt',
    about: { field: 'movieId', table: 'movies' },
  },
  movieAdded: {
    topic: topics.movieAdded,
    keyField: 'movieId',
    timeField: 'addedAt',
    about: { field: 'movieId', table: 'movies' },
  },
  commentReplied: {
    topic: topics.commentReplied,
    keyField: 'commentId',
    timeField: 'repliedAt',
    about: { field: 'parentCommentId', table: 'comments' },
  },
};

/** The name space of derived event ids. Never change it: a repeat must have the same id. */
const eventNamespace = '6f2d2a5e-8f0b-5d55-a1c6-0c8e4d0b7a31';

/** The fields of an event, in the names of its schema. */
export type EventFields = Readonly<Record<string, unknown>>;

const longer = (text: string, maxChars: number) =>
  text.length > maxChars ? `has more than ${maxChars} characters` : null;

function idFault(text: string): string | null {
  if (text === '') return 'is empty';
  const isLong = Buffer.byteLength(text) > limits.idBytes;
  return isLong ? `has more than ${limits.idBytes} bytes` : null;
}

/** What the schema cannot say of a field; the field's own words say it (schemas/avro). */
function limitFault(name: string, value: unknown): string | null {
  if (typeof value === 'number') {
    const counts = name === 'season' || name === 'episode';
    return counts && value < 1 ? 'counts from 1' : null;
  }
  const text = String(value);
  if (name.endsWith('Id')) return idFault(text);
  if (name === 'episodeTitle') return longer(text, limits.titleChars);
  if (name === 'authorName') return longer(text, limits.nameChars);
  return longer(text, limits.textChars);
}

/** The same event sent twice has the same id, whenever it is sent. */
function derivedId(type: PublishedType, said: EventFields, timeField: string): string {
  const fields = Object.entries(said).filter(([name]) => name !== 'eventId' && name !== timeField);
  return v5(
    JSON.stringify([type, ...fields.toSorted(([a], [b]) => (a < b ? -1 : 1))]),
    eventNamespace,
  );
}

function refused(faults: readonly JsonFault[]): { ok: false; problem: Problem } {
  const errors = faults.map(({ path, message }) => ({ field: path || 'body', message }));
  const detail = `${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}.`;
  return { ok: false, problem: { status: 422, detail, members: { errors } } };
}

/** An event to publish, and its id. */
export type EventByHand = { readonly record: GatewayRecord; readonly eventId: string };

/**
 * The record of an event that was written by hand, in the names of its Avro schema. Left out, the
 * id is derived from what the event says, and the time is now. 422 with the path of each field that
 * the schema or a limit does not allow, or that names a row which is not there. Pure.
 */
export function eventByHand(
  type: PublishedType,
  body: EventFields,
  { tables, nowMs }: { readonly tables: GatewayTables; readonly nowMs: number },
): Outcome<EventByHand> {
  const { topic, keyField, timeField, about } = publishedKinds[type];
  const schema = parseSchema(schemaOf(topic));
  if (!schema.ok) throw new Error(schema.reason);
  const now = new Date(nowMs).toISOString();
  const eventId = derivedId(type, body, timeField);
  const read = readPlainJson(schema.type, { eventId, [timeField]: now, ...body });
  if (!read.ok) return refused(read.faults);
  const value = read.value as EventFields;
  const faults = Object.entries(value).flatMap(([path, each]) => {
    const message = limitFault(path, each);
    return message === null ? [] : [{ path, message }];
  });
  if (faults.length > 0) return refused(faults);
  const aboutId = String(value[about.field]);
  if (!tables[about.table].get(aboutId)) {
    const message = `is ${aboutId}, which is not in the table of ${about.table}`;
    return refused([{ path: about.field, message }]);
  }
  const record = { topic, key: String(value[keyField]), value };
  return { ok: true, value: { record, eventId: String(value['eventId']) } };
}
