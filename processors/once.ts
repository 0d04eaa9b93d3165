import { hash } from 'node:crypto';
import { type Message, refuse, type Step, sourceOf } from '../runtime/processor.ts';
import type { EventIdentity, Once } from '../runtime/seen-events.ts';
import type { EventType, NotifyCommand, SeenEvent, Source } from '../schemas/generated/records.ts';
import { type Topic, topics, type ValueOf } from '../schemas/topics.ts';

/** Whoever repeats themselves, a client or an upstream service, does so within a day. */
const horizonMs = 24 * 60 * 60 * 1000;
const digestChars = 22;

type EventMessage = Message<
  | typeof topics.episodeReleased
  | typeof topics.movieAdded
  | typeof topics.commentReplied
  | typeof topics.notificationRequested
>;

const typeByTopic: Readonly<Record<string, EventType>> = {
  [topics.episodeReleased.name]: 'episodeReleased',
  [topics.movieAdded.name]: 'movieAdded',
  [topics.commentReplied.name]: 'commentReplied',
  [topics.notificationRequested.name]: 'notificationRequested',
};

/** What a repeat may say otherwise: when it was written, and by whom it was asked for. */
const volatileFields: ReadonlySet<string> = new Set([
  'releasedAt',
  'addedAt',
  'repliedAt',
  'requestedAt',
  'requestedBy',
]);

/** Fields of a later release, which an event of before does not have: null says nothing. */
const laterFields: ReadonlySet<string> = new Set(['template']);

/** 128 bits of a hash over all that an event says but its time. */
export function digestOf(value: object): string {
  const said = Object.entries(value).filter(
    ([field, each]) => !volatileFields.has(field) && !(each === null && laterFields.has(field)),
  );
  return hash('sha256', JSON.stringify(said), 'base64url').slice(0, digestChars);
}

/** The id that an event's producer gave it. */
export const eventIdOf = (value: ValueOf<EventMessage['topic']>): string =>
  'eventId' in value ? value.eventId : value.requestId;

/** Ids are unique among the events of a topic: other services count on their own. */
const memoryIdOf = (type: EventType, eventId: string, part = 0): string =>
  `${type}:${eventId}${part === 0 ? '' : `#${part}`}`;

const isAt = (message: Message, { topic, partition, offset }: Source): boolean =>
  message.topic.name === topic && message.partition === partition && message.offset === offset;

const placeText = ({ topic, partition, offset }: Source) => `${topic}-${partition} at ${offset}`;

function reusedText(eventId: string, { source }: SeenEvent): string {
  return `the first event with the id ${eventId} is ${placeText(source)}`;
}

const memory = {
  memory: topics.seenEvents,
  begins: [topics.directCommands, topics.broadcastCommands] as readonly Topic[],
  horizonMs,
};

/**
 * An event is planned once. The memory is written by `notify`, where the commands of one event meet
 * in the same partitions wherever it came from; here it is read some milliseconds later, so only
 * what comes in the same instant, to two partitions, passes. That is stopped by `commandsOnce`.
 */
export const eventsOnce: Once<EventMessage> = {
  ...memory,
  scope: 'everywhere',
  eventOf(message): EventIdentity | null {
    const eventId = eventIdOf(message.value);
    const type = typeByTopic[message.topic.name];
    if (eventId === '' || type === undefined) return null;
    const id = memoryIdOf(type, eventId);
    return { id, digest: digestOf(message.value), source: sourceOf(message) };
  },
  isSame: (message, { source }) => isAt(message, source),
  isMeant: ({ redriven }) => redriven,
  *reused({ value }, seen): Iterable<Step> {
    yield refuse('EVENT_ID_REUSED', reusedText(eventIdOf(value), seen));
  },
};

type CommandMessage = Message<Topic<'NotifyCommand'>>;

/** The event of a command as a record: its bytes are not here, they lie where it came from. */
const recordOf = ({ source, occurredAt }: NotifyCommand) => ({
  ...source,
  timestampMs: occurredAt,
  key: null,
  value: null,
  headers: [],
});

/**
 * A command is worked on once in its partition, exactly: the memory's partition is this one's own.
 * Of a broadcast whose event has the id of another one, the first partition speaks.
 */
export const commandsOnce: Once<CommandMessage> = {
  ...memory,
  scope: 'partition',
  eventOf({ value }): EventIdentity {
    const { eventType, eventId, part, digest, source } = value;
    return { id: memoryIdOf(eventType, eventId, part), digest, source };
  },
  isSame: (message, { input }) => isAt(message, input),
  isMeant: ({ value, redriven }) => value.redriven || redriven,
  *reused({ topic, partition, value }, seen): Iterable<Step> {
    const isTold = topic.name !== topics.broadcastCommands.name || partition === 0;
    if (!isTold) return;
    const reason = reusedText(value.eventId, seen);
    yield { kind: 'refusal', code: 'EVENT_ID_REUSED', reason, record: recordOf(value) };
  },
};
