import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { Template } from '../../schemas/generated/records.ts';
import { requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { lookUp, type TableSource } from '../read/tables.ts';
import { IdParams, OrNull, UpstreamChannelName, UpstreamEventName } from './schemas.ts';

const Text = { subject: OrNull(Type.String()), body: Type.String() };

const TemplateView = Type.Object(
  {
    id: Type.String(),
    version: Type.Integer(),
    event_type: UpstreamEventName,
    channel: UpstreamChannelName,
    locale: Type.String({ description: 'The language of people whose own has no text.' }),
    texts: Type.Array(Type.Object({ locale: Type.String(), ...Text })),
    params: Type.Array(Type.String()),
    jinja_dict: Type.Record(Type.String(), Type.Object(Text), {
      description: 'The texts once more, by language.',
    }),
    jinja_params: Type.Array(Type.String(), { description: 'The params once more.' }),
  },
  { description: 'The template.' },
);

function viewOf(template: Template): Static<typeof TemplateView> {
  const { id, version, eventType, channel, locale, texts } = template;
  const params = [...template.params];
  return {
    id,
    version,
    event_type: eventType,
    channel,
    locale,
    texts: [...texts],
    params,
    jinja_dict: Object.fromEntries(
      texts.map((text) => [text.locale, { subject: text.subject, body: text.body }]),
    ),
    jinja_params: params,
  };
}

const schema = {
  operationId: 'getTemplate',
  summary: 'A template with its texts, as the templates topic has it now',
  tags: ['catalogue'],
  security: securityOf('templates:read'),
  params: IdParams,
  response: { 200: TemplateView, ...problemResponses(400, 401, 403, 404, 503) },
};

/** GET /api/v1/templates/{id} */
export function templateRoutes(source: TableSource): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('templates:read');
  return async (app) => {
    app.get('/api/v1/templates/:id', { schema, onRequest }, async (request, reply) => {
      const template = lookUp(source, 'templates', request.params.id);
      return template.ok ? viewOf(template.value) : sendProblem(reply, template.problem);
    });
  };
}
