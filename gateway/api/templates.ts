import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { Template } from '../../schemas/generated/records.ts';
import { requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { lookUp, type TableSource } from '../read/tables.ts';
import type { Listed } from '../templates/list.ts';
import type { Templates } from '../templates/templates.ts';
import {
  ChannelName,
  EventName,
  Id,
  IdParams,
  isoTime,
  OrNull,
  Time,
  UpstreamChannelName,
  UpstreamEventName,
} from './schemas.ts';

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

const states = ['draft', 'published', 'changed', 'archived'] as const;
const maxLimit = 500;
const usualLimit = 100;

const Line = Type.Object({
  id: Type.String(),
  state: Type.Enum([...states], {
    description: 'changed: published, with a draft of what comes next.',
  }),
  event_type: UpstreamEventName,
  channel: UpstreamChannelName,
  locales: Type.Array(Type.String()),
  version: OrNull(Type.Integer({ description: 'What people are sent now.' })),
  revision: Type.Integer(),
  saved_by: OrNull(Type.String()),
  saved_at: OrNull(Time),
});

const listSchema = {
  operationId: 'listTemplates',
  summary: 'Templates in the order of their ids, without their texts',
  tags: ['authoring'],
  security: securityOf('templates:read'),
  querystring: Type.Object(
    {
      event_type: Type.Optional(EventName),
      channel: Type.Optional(ChannelName),
      state: Type.Optional(Type.Enum([...states])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxLimit, default: usualLimit })),
      after: Type.Optional(Id),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      {
        templates: Type.Array(Line),
        next_after: OrNull(Type.String({ description: 'The after of the next page, or null.' })),
      },
      { description: 'A page of templates.' },
    ),
    ...problemResponses(400, 401, 403, 503),
  },
};

const lineOf = (each: Listed): Static<typeof Line> => ({
  id: each.id,
  state: each.state,
  event_type: each.eventType,
  channel: each.channel,
  locales: [...each.locales],
  version: each.version,
  revision: each.revision,
  saved_by: each.savedBy,
  saved_at: each.savedAtMs === null ? null : isoTime(each.savedAtMs),
});

/** GET /api/v1/templates and /api/v1/templates/{id} */
export function templateRoutes(
  source: TableSource,
  templates: Pick<Templates, 'list'>,
): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('templates:read');
  return async (app) => {
    app.get('/api/v1/templates', { schema: listSchema, onRequest }, async (request, reply) => {
      const { event_type: eventType, channel, state, after } = request.query;
      const { limit = usualLimit } = request.query;
      const filter = {
        eventType: eventType ?? null,
        channel: channel ?? null,
        state: state ?? null,
      };
      const found = templates.list(filter, { limit, after: after ?? null });
      if (!found.ok) return sendProblem(reply, found.problem);
      return { templates: found.value.templates.map(lineOf), next_after: found.value.next };
    });
    app.get('/api/v1/templates/:id', { schema, onRequest }, async (request, reply) => {
      const template = lookUp(source, 'templates', request.params.id);
      return template.ok ? viewOf(template.value) : sendProblem(reply, template.problem);
    });
  };
}
