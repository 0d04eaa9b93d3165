import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { limits } from '../../schemas/limits.ts';
import { idempotencyKeyOf } from '../http/idempotency.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { notRestored, type TableSource } from '../read/tables.ts';
import { sendAnnouncementTest } from '../sending/announcement-test.ts';
import type { TryParts } from '../sending/test-send.ts';
import { AnnouncedTexts, DefaultLocale } from './announcements.ts';
import { testIdOf } from './request-id.ts';
import { ChannelName, Id, OrNull } from './schemas.ts';
import { Locale } from './template-schemas.ts';

const TestBody = Type.Object(
  {
    channel: ChannelName,
    address: Type.String({
      minLength: 1,
      maxLength: limits.addressChars,
      description: 'Where to send it: a mail address, a phone number or a chat, by the channel.',
    }),
    texts: AnnouncedTexts,
    default_locale: DefaultLocale,
    locale: Type.Optional(Locale),
    movie_id: Type.Optional(Id),
  },
  {
    additionalProperties: false,
    examples: [
      {
        channel: 'sms',
        address: '+79160000001',
        texts: { ru: { body: 'Завтра с трёх до четырёх ночи фильмы не будут играть.' } },
      },
    ],
  },
);

const Tested = Type.Object(
  {
    notification_id: Type.String(),
    channel: ChannelName,
    locale: Type.String(),
    subject: OrNull(Type.String()),
    body: Type.String(),
  },
  { description: 'All replicas of Kafka have the test; this is what it says.' },
);

const schema = {
  operationId: 'sendAnnouncementTest',
  summary: 'Send an announcement to an address, as a test',
  description:
    'To see it before anybody else does, with a made-up reader. It is checked like an ' +
    'announcement, marked as a test, counts in no statistics, and is written down in the audit. ' +
    'Thirty tests in an hour for each key.',
  tags: ['notifications'],
  security: securityOf('notifications:write'),
  body: TestBody,
  response: {
    202: Tested,
    ...problemResponses(400, 401, 403, 404, 413, 415, 422, 429, 503),
  },
};

/** POST /api/v1/announcements/tests */
export function announcementTestRoutes(
  parts: TryParts & { readonly source: TableSource },
): FastifyPluginAsyncTypebox {
  const { source, newId } = parts;
  const onRequest = requireScope('notifications:write');
  return async (app) => {
    app.post('/api/v1/announcements/tests', { schema, onRequest }, async (request, reply) => {
      const tables = source.tables();
      if (!tables) return sendProblem(reply, notRestored(source.progress()));
      const asker = askerOf(request);
      const key = idempotencyKeyOf(request);
      const testId =
        key === null
          ? newId()
          : testIdOf({ askerId: asker.id, templateId: 'announcement', idempotencyKey: key });
      const asked = { ...request.body, locale: request.body.locale ?? null };
      const sent = await sendAnnouncementTest(asker, asked, testId, { ...parts, tables });
      if (!sent.ok) return sendProblem(reply, sent.problem);
      const { notificationId, channel, locale, subject, body } = sent.value;
      reply.code(202);
      return { notification_id: notificationId, channel, locale, subject, body };
    });
  };
}
