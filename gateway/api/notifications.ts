import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Channel } from '../../schemas/generated/records.ts';
import type { QuotaCheck } from '../credentials/quotas.ts';
import { idempotencyKeyOf } from '../http/idempotency.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import type { People } from '../read/people.ts';
import { notRestored, type TableSource } from '../read/tables.ts';
import { decideRequest } from '../sending/decide-request.ts';
import type { DryRuns } from '../sending/dry-runs.ts';
import { plannedCommand } from '../sending/planned.ts';
import { statusUrlOf, writeRequests } from '../sending/write-requests.ts';
import type { Publish } from '../write/publisher.ts';
import { clientGone, DryRunView, dryRunView } from './dry-run.ts';
import { NotificationBody } from './notification-request.ts';
import { requestIdOf } from './request-id.ts';

/** What the routes need. */
export type NotificationRoutesOptions = {
  readonly source: TableSource;
  readonly people: () => People | null;
  readonly dryRuns: DryRuns;
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
      200: DryRunView,
      202: Accepted,
      ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
    },
  };
}

/** POST /api/v1/notifications/{email|sms|messenger}: writes one record to Kafka. */
export function notificationRoutes(options: NotificationRoutesOptions): FastifyPluginAsyncTypebox {
  const { source, people, dryRuns, newId, nowMs } = options;
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
        const everyone = people();
        if (!tables || !everyone) return sendProblem(reply, notRestored(source.progress()));
        const idempotencyKey = idempotencyKeyOf(request);
        const repeatable = idempotencyKey !== null;
        const requestId = repeatable ? requestIdOf({ askerId, channel, idempotencyKey }) : newId();
        const asked = { channel, body, requestId, requestedBy };
        const decision = decideRequest({ ...asked, requestedAtMs: nowMs() }, tables);
        if (!decision.ok) return sendProblem(reply, decision.problem);
        const planned = plannedCommand(decision.value, tables);
        if (!planned.ok) return sendProblem(reply, planned.problem);
        if (body.dry_run) {
          const counted = await dryRuns.run(planned.value, everyone, clientGone(reply));
          if (!counted.ok) return sendProblem(reply, counted.problem);
          return dryRunView(counted.value, asker);
        }
        const problem = await writeRequests([decision.value], { ...options, asker, repeatable });
        if (problem) return sendProblem(reply, problem);
        const statusUrl = statusUrlOf(requestId);
        reply.code(202).header('location', statusUrl);
        return { request_id: requestId, status_url: statusUrl };
      });
    }
  };
}
