import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { idempotencyKeyOf } from '../http/idempotency.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { notRestored } from '../read/tables.ts';
import { decideAnnouncement } from '../sending/announcement.ts';
import { announcementLocales, announcementNames } from '../sending/announcement-template.ts';
import { plannedTogether } from '../sending/planned.ts';
import { statusUrlOf, writeRequests } from '../sending/write-requests.ts';
import { clientGone, DryRun, DryRunView, dryRunView } from './dry-run.ts';
import { onePeople, People } from './notification-request.ts';
import type { NotificationRoutesOptions } from './notifications.ts';
import { announcedIdOf } from './request-id.ts';
import { ChannelName, Id } from './schemas.ts';

const maxTextChars = 50_000;
const maxSubjectChars = 1000;

const Text = Type.Object(
  {
    subject: Type.Optional(
      Type.String({
        maxLength: maxSubjectChars,
        description: 'Needed by a mail; the first line of a message; not in an SMS.',
      }),
    ),
    body: Type.String({ minLength: 1, maxLength: maxTextChars }),
  },
  { additionalProperties: false },
);

/** The texts of an announcement. */
export const AnnouncedTexts = Type.Object(
  { ru: Type.Optional(Text), en: Type.Optional(Text) },
  {
    additionalProperties: false,
    minProperties: 1,
    description:
      'What to say, in one language or both: plain text, of which mail, SMS and message are ' +
      'made. A blank line begins a paragraph. Values are possible: ' +
      `${announcementNames.map((name) => `{{ ${name} }}`).join(', ')}.`,
  },
);

export const DefaultLocale = Type.Optional(
  Type.Enum([...announcementLocales], {
    description: 'The language of people whose own has no text; else the first of ru and en.',
  }),
);

const AnnouncementBody = Type.Object(
  {
    channels: Type.Array(ChannelName, { minItems: 1, uniqueItems: true }),
    texts: AnnouncedTexts,
    default_locale: DefaultLocale,
    movie_id: Type.Optional(Id),
    ...People,
    dry_run: DryRun,
  },
  {
    additionalProperties: false,
    oneOf: onePeople,
    examples: [
      {
        channels: ['email', 'messenger'],
        texts: {
          ru: {
            subject: 'Завтра профилактика',
            body: '{{ user_full_name }}, завтра с трёх до четырёх ночи фильмы не будут играть.',
          },
          en: {
            subject: 'Maintenance tomorrow',
            body: '{{ user_full_name }}, no movie plays from 3 to 4 a.m. tomorrow.',
          },
        },
        audience: 'all',
        dry_run: true,
      },
    ],
  },
);

const Announced = Type.Object(
  {
    requests: Type.Array(
      Type.Object({
        channel: ChannelName,
        request_id: Type.String(),
        status_url: Type.String({ description: 'Where to ask what became of it.' }),
      }),
      { description: 'A request for each channel.' },
    ),
  },
  { description: 'All replicas of Kafka have the announcement.' },
);

const schema = {
  operationId: 'announceToPeople',
  summary: 'Say something at once, without a template of its own',
  description:
    'The text becomes a part of the request, for each channel in its form, so that it stays with ' +
    'what was sent. Answers when Kafka has it; the notifications are made after that.',
  tags: ['notifications'],
  security: securityOf('notifications:write'),
  body: AnnouncementBody,
  response: {
    200: DryRunView,
    202: Announced,
    ...problemResponses(400, 401, 403, 404, 413, 415, 422, 429, 503),
  },
};

/** POST /api/v1/announcements: writes a record for each channel to Kafka. */
export function announcementRoutes(options: NotificationRoutesOptions): FastifyPluginAsyncTypebox {
  const { source, people, dryRuns, newId, nowMs } = options;
  const onRequest = requireScope('notifications:write');
  const config = { sameWithoutAnswers: true };
  return async (app) => {
    app.post('/api/v1/announcements', { schema, onRequest, config }, async (request, reply) => {
      const { body } = request;
      const asker = askerOf(request);
      const tables = source.tables();
      const everyone = people();
      if (!tables || !everyone) return sendProblem(reply, notRestored(source.progress()));
      const idempotencyKey = idempotencyKeyOf(request);
      const decision = decideAnnouncement(
        {
          body,
          requestIdOf: (channel) =>
            idempotencyKey === null
              ? newId()
              : announcedIdOf({ askerId: asker.id, channel, idempotencyKey }),
          requestedBy: asker.name,
          requestedAtMs: nowMs(),
        },
        tables,
      );
      if (!decision.ok) return sendProblem(reply, decision.problem);
      const requests = decision.value;
      const planned = plannedTogether(requests, tables);
      if (!planned.ok) return sendProblem(reply, planned.problem);
      if (body.dry_run) {
        const counted = await dryRuns.run(planned.value, everyone, clientGone(reply));
        if (!counted.ok) return sendProblem(reply, counted.problem);
        return dryRunView(counted.value, asker);
      }
      const repeatable = idempotencyKey !== null;
      const problem = await writeRequests(requests, { ...options, asker, repeatable });
      if (problem) return sendProblem(reply, problem);
      reply.code(202);
      return {
        requests: requests.map(({ channel, requestId }) => ({
          channel,
          request_id: requestId,
          status_url: statusUrlOf(requestId),
        })),
      };
    });
  };
}
