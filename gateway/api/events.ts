import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { schemaOf } from '../../runtime/serde.ts';
import type { AvroNode } from '../../schemas/load.ts';
import { topics } from '../../schemas/topics.ts';
import { auditEntry } from '../audit.ts';
import {
  type EventFields,
  eventByHand,
  type PublishedType,
  publishedKinds,
} from '../events/event-by-hand.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { notNow, type Problem, problemResponses, sendProblem } from '../http/problem.ts';
import { notRestored, type TableSource } from '../read/tables.ts';
import { type Publish, type Published, recordOf } from '../write/publisher.ts';
import { EventName } from './schemas.ts';

/** What is sent of each kind, as an example. */
const events = {
  episodeReleased: {
    operationId: 'publishEpisodeReleased',
    what: 'that a new episode can be watched',
    example: { movieId: '1', episodeId: 's1e3', season: 1, episode: 3, episodeTitle: 'Третья' },
  },
  movieAdded: {
    operationId: 'publishMovieAdded',
    what: 'that a movie was added to the catalogue',
    example: { movieId: '1' },
  },
  commentReplied: {
    operationId: 'publishCommentReplied',
    what: 'that somebody replied to a comment',
    example: {
      commentId: '2',
      parentCommentId: '1',
      authorId: '2',
      authorName: 'Джон',
      text: 'Согласен',
      repliedAt: '2026-03-01T09:30:00Z',
    },
  },
} as const satisfies Record<PublishedType, object>;

const description =
  'A domain event, written by hand: it is worked on like one of an upstream service. The fields ' +
  'are those of the Avro schema, as plain JSON: a time is a text in ISO 8601, what may be null ' +
  'is its value or null. Without eventId an id is derived from all that the event says but its ' +
  'time, so the same event sent twice is planned once; without a time it happens now.';

function fieldsOf(type: PublishedType): string {
  const schema = schemaOf(publishedKinds[type].topic) as AvroNode;
  return (schema.fields ?? []).map(({ name, doc }) => `- \`${name}\`: ${doc}`).join('\n');
}

const Accepted = Type.Object(
  {
    event_id: Type.String({ description: 'The id as it was given, or as it was derived.' }),
    event_type: EventName,
    topic: Type.String({ description: 'Where it was written to.' }),
  },
  { description: 'All replicas of Kafka have the event.' },
);

function schemaFor(type: PublishedType) {
  const { operationId, what, example } = events[type];
  return {
    operationId,
    summary: `Publish ${what}`,
    description: `${description}\n\n${fieldsOf(type)}`,
    tags: ['events'],
    security: securityOf('events:write'),
    body: Type.Object({}, { additionalProperties: true, examples: [example] }),
    response: { 202: Accepted, ...problemResponses(400, 401, 403, 413, 415, 422, 503) },
  };
}

function problemOf(published: Exclude<Published, { kind: 'acknowledged' }>): Problem {
  switch (published.kind) {
    case 'busy':
      return notNow('Too many requests wait for Kafka. Nothing was written; try again later.');
    case 'unknown':
      return notNow(
        'Kafka did not answer in time: the event may be written or not. It is safe to repeat it: ' +
          'an event with the same id is planned once.',
      );
  }
}

/** POST /api/v1/events/{type}: writes one event and its audit entry to Kafka. */
export function eventRoutes(options: {
  readonly source: TableSource;
  readonly publish: Publish;
  readonly newId: () => string;
  readonly nowMs: () => number;
}): FastifyPluginAsyncTypebox {
  const { source, publish, newId, nowMs } = options;
  const onRequest = requireScope('events:write');
  return async (app) => {
    for (const type of Object.keys(events) as PublishedType[]) {
      const route = { schema: schemaFor(type), onRequest };
      app.post(`/api/v1/events/${type}`, route, async (request, reply) => {
        const tables = source.tables();
        if (!tables) return sendProblem(reply, notRestored(source.progress()));
        const event = eventByHand(type, request.body as EventFields, { tables, nowMs: nowMs() });
        if (!event.ok) return sendProblem(reply, event.problem);
        const { record, eventId } = event.value;
        const entryId = newId();
        const entry = auditEntry({
          entryId,
          atMs: nowMs(),
          actor: askerOf(request),
          action: 'event.published',
          subject: { kind: 'event', id: eventId },
          detail: { event_type: type },
        });
        const published = await publish([record, recordOf(topics.audit, entryId, entry)]);
        if (published.kind !== 'acknowledged') return sendProblem(reply, problemOf(published));
        reply.code(202);
        return { event_id: eventId, event_type: type, topic: record.topic.name };
      });
    }
  };
}
