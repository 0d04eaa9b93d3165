import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { limits } from '../../schemas/limits.ts';
import { idempotencyKeyOf } from '../http/idempotency.ts';
import { askerOf, type Identity, requireScope, securityOf } from '../http/identity.ts';
import { type Problem, problemResponses, sendProblem } from '../http/problem.ts';
import { sendTest, type TestSendParts } from '../sending/test-send.ts';
import { testIdOf } from './request-id.ts';
import { ChannelName, Id, IdParams, OrNull } from './schemas.ts';
import { Locale } from './template-schemas.ts';

const maxNameChars = 100;

const TestBody = Type.Object(
  {
    address: Type.String({
      minLength: 1,
      maxLength: limits.addressChars,
      description: 'Where to send it: a mail address, a phone number or a chat, by the channel.',
    }),
    version: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Which version; without it the draft, or what is published.',
      }),
    ),
    locale: Type.Optional(Locale),
    user_id: Type.Optional(Id),
    movie_id: Type.Optional(Id),
    comment_id: Type.Optional(Id),
    values: Type.Optional(
      Type.Record(
        Type.String({ maxLength: maxNameChars }),
        Type.String({ maxLength: limits.textChars }),
        { description: 'Values of the event: season, episode …' },
      ),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ address: 'editor@example.com' }, { address: '+79160000001', user_id: '1' }],
  },
);

const Tested = Type.Object(
  {
    notification_id: Type.String(),
    channel: ChannelName,
    version: Type.Integer({ description: '0: the draft.' }),
    locale: Type.String(),
    subject: OrNull(Type.String()),
    body: Type.String(),
  },
  { description: 'All replicas of Kafka have the test; this is what it says.' },
);

const schema = {
  operationId: 'sendTemplateTest',
  summary: 'Send a draft, a version or what is published to an address, as a test',
  description:
    'With the data of a person and of an event, or with made-up data. It is marked as a test, ' +
    'counts in no statistics, and is written down in the audit. Thirty in an hour for each key. ' +
    'To name a user needs the scope people:read as well.',
  tags: ['authoring'],
  security: securityOf('templates:write'),
  params: IdParams,
  body: TestBody,
  response: {
    202: Tested,
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
  },
};

/** A text says the name of a person, to whomever it is sent. */
function readsPeople({ scopes }: Identity, userId: string | undefined): Problem | null {
  if (userId === undefined || scopes.has('people:read')) return null;
  return { status: 403, detail: 'To name a user the API key needs the scope people:read.' };
}

/** POST /api/v1/templates/{id}/tests */
export function templateTestRoutes(parts: TestSendParts): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('templates:write');
  return async (app) => {
    app.post('/api/v1/templates/:id/tests', { schema, onRequest }, async (request, reply) => {
      const { id: templateId } = request.params;
      const { address, version = null, locale = null, values = {}, ...ids } = request.body;
      const asker = askerOf(request);
      const forbidden = readsPeople(asker, ids.user_id);
      if (forbidden) return sendProblem(reply, forbidden);
      const idempotencyKey = idempotencyKeyOf(request);
      const testId =
        idempotencyKey === null
          ? parts.newId()
          : testIdOf({ askerId: asker.id, templateId, idempotencyKey });
      const data = {
        userId: ids.user_id ?? null,
        movieId: ids.movie_id ?? null,
        commentId: ids.comment_id ?? null,
        values,
      };
      const asked = { templateId, version, address, locale, data };
      const sent = await sendTest(asker, asked, testId, parts);
      if (!sent.ok) return sendProblem(reply, sent.problem);
      const { notificationId, channel, templateVersion, subject, body } = sent.value;
      reply.code(202);
      return {
        notification_id: notificationId,
        channel,
        version: templateVersion,
        locale: sent.value.locale,
        subject,
        body,
      };
    });
  };
}
