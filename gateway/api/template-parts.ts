import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import {
  type Outcome,
  problemResponses,
  sendProblem,
  TemplateProblemView,
} from '../http/problem.ts';
import { noPart, partStateOf } from '../parts/authored-part.ts';
import type { PartChange } from '../parts/part-change.ts';
import type { Parts } from '../parts/parts.ts';
import { maxRenewed, renewUsers } from '../parts/renew-users.ts';
import { problemView } from '../templates/problems.ts';
import type { Templates } from '../templates/templates.ts';
import {
  PartId,
  PartLine,
  PartParams,
  PartTexts,
  PartVersionLine,
  PartVersionParams,
  PartVersionView,
  PartView,
  partLine,
  partTextsOf,
  partVersionLine,
  partVersionView,
  partView,
  RenewedView,
  renewedView,
  UsesView,
  usesView,
} from './part-schemas.ts';
import { ChannelName } from './schemas.ts';
import { templateBodyLimit as bodyLimit, Note, Revision } from './template-schemas.ts';

/** What the routes of shared parts work with. */
type PartRoutes = { readonly sharedParts: Parts; readonly templates: Templates };

const tags = ['template parts'];
const closed = { additionalProperties: false };
const like = (example: object) => ({ ...closed, examples: [example] });
const exampleTexts = [{ locale: 'ru', body: '<hr><p>Киносервис «Вестник»</p>' }];
const reading = problemResponses(400, 401, 403, 404, 503);
const writing = problemResponses(400, 401, 403, 404, 409, 413, 415, 503);
const publishing = problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 503);
const maxVersions = 200;

const reads = { tags, security: securityOf('templates:read'), params: PartParams };
const writes = { tags, security: securityOf('templates:write'), params: PartParams };
const publishes = { tags, security: securityOf('templates:publish'), params: PartParams };

const schemas = {
  list: {
    operationId: 'listTemplateParts',
    summary: 'The shared parts, in the order of their names',
    tags,
    security: securityOf('templates:read'),
    response: {
      200: Type.Object({ parts: Type.Array(PartLine) }, { description: 'Without their texts.' }),
      ...problemResponses(401, 403, 503),
    },
  },
  create: {
    operationId: 'createTemplatePart',
    summary: 'Begin a shared part: a draft, which is in no template',
    tags,
    security: securityOf('templates:write'),
    body: Type.Object(
      { id: PartId, channel: ChannelName, texts: PartTexts },
      like({ id: 'footer', channel: 'email', texts: exampleTexts }),
    ),
    response: { 201: PartView, ...writing },
  },
  read: {
    operationId: 'getTemplatePart',
    summary: 'A shared part as it is being written, with the revision that the next change names',
    ...reads,
    response: { 200: PartView, ...reading },
  },
  save: {
    operationId: 'saveTemplatePart',
    summary: 'Save the draft of a shared part; 409 names who saved it meanwhile',
    ...writes,
    body: Type.Object(
      { revision: Revision, texts: PartTexts },
      like({ revision: 1, texts: exampleTexts }),
    ),
    response: { 200: PartView, ...writing },
  },
  discard: {
    operationId: 'discardTemplatePart',
    summary: 'End the draft of a shared part without publishing it',
    ...writes,
    body: Type.Object({ revision: Revision }, like({ revision: 2 })),
    response: { 200: PartView, ...writing },
  },
  validate: {
    operationId: 'validateTemplatePart',
    summary: 'All that is wrong with a shared part by itself, with line and column',
    ...reads,
    body: Type.Object({ texts: Type.Optional(PartTexts) }, like({ texts: exampleTexts })),
    response: {
      200: Type.Object(
        { problems: Type.Array(TemplateProblemView) },
        { description: 'What a check found.' },
      ),
      ...problemResponses(400, 401, 403, 404, 413, 415, 422, 503),
    },
  },
  publish: {
    operationId: 'publishTemplatePart',
    summary: 'Publish the draft of a shared part; templates that are published stay as they are',
    ...publishes,
    body: Type.Object({ revision: Revision, note: Note }, like({ revision: 3, note: 'Теплее' })),
    response: { 200: PartView, ...publishing },
  },
  archive: {
    operationId: 'archiveTemplatePart',
    summary: 'Take a shared part out of use; 409 while a template or another part mentions it',
    ...publishes,
    response: { 200: PartView, ...writing },
  },
  restore: {
    operationId: 'restoreTemplatePart',
    summary: 'Put an archived shared part back into use',
    ...publishes,
    response: { 200: PartView, ...writing },
  },
  uses: {
    operationId: 'getTemplatePartUses',
    summary: 'The templates and parts that mention a shared part, and with which version',
    ...reads,
    response: { 200: UsesView, ...reading },
  },
  renew: {
    operationId: 'renewTemplatePartUses',
    summary: 'Publish again all templates that are published with an older version of a part',
    ...publishes,
    body: Type.Object(
      {
        count: Type.Integer({
          minimum: 1,
          maximum: maxRenewed,
          description: 'How many they are, as you saw them; of more than 100 the first 100.',
        }),
        note: Note,
      },
      like({ count: 3, note: 'Новый подвал' }),
    ),
    response: { 200: RenewedView, ...writing },
  },
  versions: {
    operationId: 'listTemplatePartVersions',
    summary: 'The history of a shared part, newest first',
    ...reads,
    response: {
      200: Type.Object(
        { versions: Type.Array(PartVersionLine) },
        { description: 'Its last 200 steps, without texts.' },
      ),
      ...reading,
    },
  },
  version: {
    operationId: 'getTemplatePartVersion',
    summary: 'One version of a shared part: its exact texts, who wrote and who published them',
    ...reads,
    params: PartVersionParams,
    response: { 200: PartVersionView, ...reading },
  },
};

const path = (action = '') => `/api/v1/template-parts/:id${action}`;

const answer = (reply: FastifyReply, changed: Outcome<PartChange>) =>
  changed.ok ? partView(changed.value.head) : sendProblem(reply, changed.problem);

/** Begin, read, save, discard and look at what is being written. */
function writingRoutes({ sharedParts }: PartRoutes): FastifyPluginAsyncTypebox {
  const write = { onRequest: requireScope('templates:write'), bodyLimit };
  const read = { onRequest: requireScope('templates:read'), bodyLimit };
  return async (app) => {
    const all = '/api/v1/template-parts';
    app.get(all, { schema: schemas.list, ...read }, async (_request, reply) => {
      const found = sharedParts.list();
      if (!found.ok) return sendProblem(reply, found.problem);
      return { parts: found.value.map(partLine) };
    });
    app.post(all, { schema: schemas.create, ...write }, async (request, reply) => {
      const { id, channel, texts } = request.body;
      const part = { channel, texts: partTextsOf(texts) };
      const made = await sharedParts.create(askerOf(request), id, part);
      if (made.ok) reply.code(201).header('location', `${all}/${id}`);
      return answer(reply, made);
    });
    app.get(path(), { schema: schemas.read, ...read }, async (request, reply) => {
      const { id } = request.params;
      const found = sharedParts.find(id);
      if (!found.ok) return sendProblem(reply, found.problem);
      const { head } = found.value;
      const isThere = head && partStateOf(found.value) !== null;
      return isThere ? partView(head) : sendProblem(reply, noPart(id));
    });
    app.put(path('/draft'), { schema: schemas.save, ...write }, async (request, reply) => {
      const { params, body } = request;
      const input = { revision: body.revision, texts: partTextsOf(body.texts) };
      return answer(reply, await sharedParts.save(askerOf(request), params.id, input));
    });
    app.post(
      path('/draft/discard'),
      { schema: schemas.discard, ...write },
      async (request, reply) => {
        const { params, body } = request;
        return answer(reply, await sharedParts.discard(askerOf(request), params.id, body));
      },
    );
    app.post(path('/validate'), { schema: schemas.validate, ...read }, async (request, reply) => {
      const { params, body } = request;
      const texts = body.texts ? partTextsOf(body.texts) : null;
      const checked = await sharedParts.check(params.id, texts);
      if (!checked.ok) return sendProblem(reply, checked.problem);
      return { problems: checked.value.map(problemView) };
    });
  };
}

/** Publish, archive, restore, and publish again what a part is in. */
function publishingRoutes({ sharedParts, templates }: PartRoutes): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('templates:publish');
  return async (app) => {
    app.post(path('/publish'), { schema: schemas.publish, onRequest }, async (request, reply) => {
      const { params, body } = request;
      const input = { revision: body.revision, note: body.note ?? '' };
      return answer(reply, await sharedParts.publish(askerOf(request), params.id, input));
    });
    app.post(path('/archive'), { schema: schemas.archive, onRequest }, async (request, reply) =>
      answer(reply, await sharedParts.archive(askerOf(request), request.params.id)),
    );
    app.post(path('/restore'), { schema: schemas.restore, onRequest }, async (request, reply) =>
      answer(reply, await sharedParts.restore(askerOf(request), request.params.id)),
    );
    app.post(path('/renew'), { schema: schemas.renew, onRequest }, async (request, reply) => {
      const { count, note = '' } = request.body;
      const known = { parts: sharedParts, templates };
      const done = await renewUsers(askerOf(request), request.params.id, { count, note }, known);
      return done.ok ? renewedView(done.value) : sendProblem(reply, done.problem);
    });
  };
}

/** All routes of shared parts: headers, footers and layouts of templates. */
export function templatePartRoutes(routes: PartRoutes): FastifyPluginAsyncTypebox {
  const { sharedParts } = routes;
  const onRequest = requireScope('templates:read');
  return async (app) => {
    await app.register(writingRoutes(routes));
    await app.register(publishingRoutes(routes));
    app.get(path('/uses'), { schema: schemas.uses, onRequest }, async (request, reply) => {
      const { id } = request.params;
      const part = sharedParts.find(id);
      if (!part.ok) return sendProblem(reply, part.problem);
      if (partStateOf(part.value) === null) return sendProblem(reply, noPart(id));
      const uses = sharedParts.uses(id);
      if (!uses.ok) return sendProblem(reply, uses.problem);
      return usesView(uses.value, part.value.published);
    });
    app.get(path('/versions'), { schema: schemas.versions, onRequest }, async (request, reply) => {
      const found = sharedParts.versions(request.params.id, maxVersions);
      if (!found.ok) return sendProblem(reply, found.problem);
      return { versions: found.value.map(partVersionLine) };
    });
    const one = path('/versions/:version');
    app.get(one, { schema: schemas.version, onRequest }, async (request, reply) => {
      const { id, version } = request.params;
      const found = sharedParts.version(id, version);
      return found.ok ? partVersionView(found.value) : sendProblem(reply, found.problem);
    });
  };
}
