import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem, TemplateProblemView } from '../http/problem.ts';
import { problemView } from '../templates/problems.ts';
import type { Templates } from '../templates/templates.ts';
import { ChannelName, EventName, Id, IdParams } from './schemas.ts';
import { PreviewView, previewView } from './template-preview-view.ts';
import {
  templateBodyLimit as bodyLimit,
  DraftView,
  draftView,
  exampleTexts,
  Locale,
  NewId,
  Revision,
  Texts,
  textsOf,
  WhichBody,
  whichOf,
} from './template-schemas.ts';

const tags = ['authoring'];
const like = (example: object) => ({ additionalProperties: false, examples: [example] });
const writing = problemResponses(400, 401, 403, 404, 409, 413, 415, 503);
const looking = problemResponses(400, 401, 403, 404, 413, 415, 422, 503);

const createSchema = {
  operationId: 'createTemplate',
  summary: 'Begin a template: a draft, which nobody is sent',
  tags,
  security: securityOf('templates:write'),
  body: Type.Object(
    { id: NewId, event_type: EventName, channel: ChannelName, locale: Locale, texts: Texts },
    like({ event_type: 'movieAdded', channel: 'email', locale: 'ru', texts: exampleTexts }),
  ),
  response: { 201: DraftView, ...writing },
};

const readSchema = {
  operationId: 'getTemplateDraft',
  summary: 'The draft of a template, with the revision that the next change names',
  tags,
  security: securityOf('templates:read'),
  params: IdParams,
  response: { 200: DraftView, ...problemResponses(400, 401, 403, 404, 503) },
};

const saveSchema = {
  operationId: 'saveTemplateDraft',
  summary: 'Save the draft of a template; 409 names who saved it meanwhile',
  tags,
  security: securityOf('templates:write'),
  params: IdParams,
  body: Type.Object(
    { revision: Revision, locale: Locale, texts: Texts },
    like({ revision: 1, locale: 'ru', texts: exampleTexts }),
  ),
  response: { 200: DraftView, ...writing },
};

const discardSchema = {
  operationId: 'discardTemplateDraft',
  summary: 'End the draft of a template without publishing it',
  tags,
  security: securityOf('templates:write'),
  params: IdParams,
  body: Type.Object({ revision: Revision }, like({ revision: 2 })),
  response: { 200: DraftView, ...writing },
};

const checkSchema = {
  operationId: 'validateTemplate',
  summary: 'All that is wrong with a template, with line and column; empty: it can be published',
  tags,
  security: securityOf('templates:read'),
  params: IdParams,
  body: Type.Object(WhichBody, like({ version: 1 })),
  response: {
    200: Type.Object(
      { problems: Type.Array(TemplateProblemView) },
      { description: 'What a check found.' },
    ),
    ...looking,
  },
};

const previewSchema = {
  operationId: 'previewTemplate',
  summary: 'What people would see of a template; what is not chosen is made up',
  tags,
  security: securityOf('templates:read'),
  params: IdParams,
  body: Type.Object(
    {
      ...WhichBody,
      user_id: Type.Optional(Id),
      movie_id: Type.Optional(Id),
      comment_id: Type.Optional(Id),
      values: Type.Optional(
        Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 10_000 }), {
          description: 'Values of the event: season, episode …',
        }),
      ),
      conditions: Type.Optional(
        Type.Boolean({
          description: 'Also without each name that a condition asks for, one after the other.',
        }),
      ),
    },
    like({ user_id: '1', movie_id: '1', conditions: true }),
  ),
  response: {
    200: Type.Object(
      { previews: Type.Array(PreviewView) },
      { description: 'One for each language and set of values.' },
    ),
    ...looking,
  },
};

/** Drafts of templates: begin, read, save, discard, validate, preview. */
export function templateAuthoringRoutes(
  templates: Templates,
  newId: () => string,
): FastifyPluginAsyncTypebox {
  const write = { onRequest: requireScope('templates:write'), bodyLimit };
  const read = { onRequest: requireScope('templates:read'), bodyLimit };
  return async (app) => {
    app.post('/api/v1/templates', { schema: createSchema, ...write }, async (request, reply) => {
      const { id = newId(), event_type: eventType, channel, locale, texts } = request.body;
      const written = { eventType, channel, locale, texts: textsOf(texts) };
      const made = await templates.create(askerOf(request), id, written);
      if (!made.ok) return sendProblem(reply, made.problem);
      reply.code(201).header('location', `/api/v1/templates/${encodeURIComponent(id)}/draft`);
      return draftView(made.value.head);
    });

    const draft = '/api/v1/templates/:id/draft';
    app.get(draft, { schema: readSchema, ...read }, async (request, reply) => {
      const { id } = request.params;
      const found = templates.find(id);
      if (!found.ok) return sendProblem(reply, found.problem);
      const { head } = found.value;
      if (head) return draftView(head);
      return sendProblem(reply, { status: 404, detail: `Template ${id} has no draft.` });
    });
    app.put(draft, { schema: saveSchema, ...write }, async (request, reply) => {
      const { revision, locale, texts } = request.body;
      const input = { revision, locale, texts: textsOf(texts) };
      const saved = await templates.save(askerOf(request), request.params.id, input);
      return saved.ok ? draftView(saved.value.head) : sendProblem(reply, saved.problem);
    });
    app.post(`${draft}/discard`, { schema: discardSchema, ...write }, async (request, reply) => {
      const { params, body } = request;
      const ended = await templates.discard(askerOf(request), params.id, body);
      return ended.ok ? draftView(ended.value.head) : sendProblem(reply, ended.problem);
    });

    const validate = '/api/v1/templates/:id/validate';
    app.post(validate, { schema: checkSchema, ...read }, async (request, reply) => {
      const checked = await templates.check(request.params.id, whichOf(request.body));
      if (!checked.ok) return sendProblem(reply, checked.problem);
      return { problems: checked.value.map(problemView) };
    });
    const preview = '/api/v1/templates/:id/preview';
    app.post(preview, { schema: previewSchema, ...read }, async (request, reply) => {
      const { user_id: userId, movie_id: movieId, comment_id: commentId } = request.body;
      const { values = {}, conditions = false } = request.body;
      const shown = await templates.preview(request.params.id, whichOf(request.body), {
        userId: userId ?? null,
        movieId: movieId ?? null,
        commentId: commentId ?? null,
        values,
        conditions,
      });
      if (!shown.ok) return sendProblem(reply, shown.problem);
      return { previews: shown.value.map(previewView) };
    });
  };
}
