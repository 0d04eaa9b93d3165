import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Channel, NotificationRequested } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import type { QuotaCheck } from '../credentials/quotas.ts';
import { idempotencyKeyOf } from '../http/idempotency.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { notNow, type Problem, problemResponses, sendProblem } from '../http/problem.ts';
import { notRestored, type TableSource } from '../read/tables.ts';
import { type Publish, type Published, recordOf } from '../write/publisher.ts';
import { decideRequest, NotificationBody } from './notification-request.ts';
import { requestIdOf } from './request-id.ts';

/** What the routes need. */
type NotificationRoutesOptions = {
  readonly source: TableSource;
  readonly publish: Publish;
  readonly quotas: QuotaCheck;
  readonly newId: () => string;
  readonly nowMs: () => number;
};

const channels = {
  email: { operationId: 'requestEmail', what: 'an e-mail' },
  sms: { operationId: 'requestSms', what: 'an SMS' },
  messenger: { operationId: 'requestMessage', what: 'a messenger message' },
} as const;

const Accepted = Type.Object(
  {
    request_id: Type.String({ description: 'Also the key of the record in Kafka.' }),
    status_url: Type.String({ description: 'Where to ask what became of it; also in Location.' }),
  },
  { description: 'All replicas of Kafka have the request.' },
);

const description =
  'Answers when Kafka has the request; the notifications are made after that. Somebody who is ' +
  'unknown, or does not want it, gets nothing: GET status_url says why.';

function schemaFor(channel: Channel) {
  const { operationId, what } = channels[channel];
  return {
    operationId,
    summary: `Ask for ${what} to people or to an audience`,
    description,
    tags: ['notifications'],
    security: securityOf('notifications:write'),
    body: NotificationBody,
    response: {
      202: Accepted,
      ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
    },
  };
}

const statusUrlOf = (requestId: string) => `/api/v1/requests/${requestId}`;

/** What a client is told when the record is not surely in Kafka. */
function problemOf(
  published: Exclude<Published, { kind: 'acknowledged' }>,
  request: NotificationRequested,
  repeatable: boolean,
): Problem {
  const { requestId } = request;
  switch (published.kind) {
    case 'busy':
      return notNow('Too many requests wait for Kafka. Nothing was written; try again later.');
    case 'unknown': {
      const advice = repeatable
        ? 'It is safe to repeat it with the same Idempotency-Key.'
        : 'Without an Idempotency-Key a second try is a second request: first ask ' +
          `${statusUrlOf(requestId)}.`;
      const detail = `Kafka did not answer in time: the request may be written or not. ${advice}`;
      return notNow(detail, { request_id: requestId });
    }
  }
}

/** POST /api/v1/notifications/{email|sms|messenger}: writes one record to Kafka. */
export function notificationRoutes(options: NotificationRoutesOptions): FastifyPluginAsyncTypebox {
  const { source, publish, quotas, newId, nowMs } = options;
  const onRequest = requireScope('notifications:write');
  const config = { sameWithoutAnswers: true };
  return async (app) => {
    for (const channel of Object.keys(channels) as Channel[]) {
      const url = `/api/v1/notifications/${channel}`;
      const schema = schemaFor(channel);
      app.post(url, { schema, onRequest, config }, async (request, reply) => {
        const { body } = request;
        const asker = askerOf(request);
        const { id: askerId, name: requestedBy } = asker;
        const tables = source.tables();
        if (!tables) return sendProblem(reply, notRestored(source.progress()));
        const idempotencyKey = idempotencyKeyOf(request);
        const repeatable = idempotencyKey !== null;
        const requestId = repeatable ? requestIdOf({ askerId, channel, idempotencyKey }) : newId();
        const asked = { channel, body, requestId, requestedBy };
        const decision = decideRequest({ ...asked, requestedAtMs: nowMs() }, tables);
        if (!decision.ok) return sendProblem(reply, decision.problem);
        const { audience, userIds } = decision.value;
        const people = audience === null ? { listed: userIds.length } : 'audience';
        const over = await quotas.notifications(asker, people);
        if (over) return sendProblem(reply, over);
        const record = recordOf(topics.notificationRequested, requestId, decision.value);
        const published = await publish([record]);
        if (published.kind !== 'acknowledged') {
          return sendProblem(reply, problemOf(published, decision.value, repeatable));
        }
        const statusUrl = statusUrlOf(requestId);
        reply.code(202).header('location', statusUrl);
        return { request_id: requestId, status_url: statusUrl };
      });
    }
  };
}
