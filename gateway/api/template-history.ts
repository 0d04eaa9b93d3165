import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { type Outcome, problemResponses, sendProblem } from '../http/problem.ts';
import type { TemplateChange } from '../templates/change.ts';
import type { Templates, Which } from '../templates/templates.ts';
import { Id, IdParams } from './schemas.ts';
import {
  DraftView,
  draftView,
  Note,
  Revision,
  VersionLine,
  VersionNumber,
  VersionView,
  versionLine,
  versionView,
} from './template-schemas.ts';

const tags = ['authoring'];
const publishing = problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 503);
const reading = problemResponses(400, 401, 403, 404, 503);

const Changed = Type.Object(
  {
    version: Type.Union([VersionLine, Type.Null()], {
      description: 'The step that was added to the history; null where none was.',
    }),
    draft: DraftView,
  },
  { description: 'All of it is in Kafka, in one transaction.' },
);

const changing = (operationId: string, summary: string, body: ReturnType<typeof Type.Object>) => ({
  operationId,
  summary,
  tags,
  security: securityOf('templates:publish'),
  params: IdParams,
  body,
  response: { 200: Changed, ...publishing },
});
const closed = { additionalProperties: false };
const like = (example: object) => ({ ...closed, examples: [example] });

const PublishBody = Type.Object(
  { revision: Revision, note: Note },
  like({ revision: 3, note: 'Короче и теплее' }),
);
const RollBackBody = Type.Object(
  { version: VersionNumber, note: Note },
  like({ version: 2, note: 'В третьей опечатка' }),
);
const ArchiveBody = Type.Object({ note: Note }, like({ note: 'Больше не рассылаем' }));
const RestoreBody = Type.Object(
  { version: Type.Optional(VersionNumber), note: Note },
  like({ note: 'Снова нужен' }),
);

const publishSchema = {
  ...changing('publishTemplate', 'Publish a draft: people are sent it from now on', PublishBody),
  body: PublishBody,
};
const rollBackSchema = {
  ...changing('rollBackTemplate', 'Publish an older version again, as a new one', RollBackBody),
  body: RollBackBody,
};
const archiveSchema = {
  ...changing('archiveTemplate', 'Take a template out of use; it can be restored', ArchiveBody),
  body: ArchiveBody,
};
const restoreSchema = {
  ...changing('restoreTemplate', 'Put an archived template back into use', RestoreBody),
  body: RestoreBody,
};

const maxVersions = 200;
const usualVersions = 50;

const versionsSchema = {
  operationId: 'listTemplateVersions',
  summary: 'The history of a template, newest first',
  tags,
  security: securityOf('templates:read'),
  params: IdParams,
  querystring: Type.Object(
    {
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: maxVersions, default: usualVersions }),
      ),
    },
    closed,
  ),
  response: {
    200: Type.Object(
      { versions: Type.Array(VersionLine) },
      { description: 'Its steps, without texts.' },
    ),
    ...reading,
  },
};

const versionSchema = {
  operationId: 'getTemplateVersion',
  summary: 'One version of a template: its exact texts, who wrote and who published them',
  tags,
  security: securityOf('templates:read'),
  params: Type.Object({ id: Id, version: VersionNumber }),
  response: { 200: VersionView, ...reading },
};

const Words = Type.Array(Type.Object({ kind: Type.String(), text: Type.String() }));
const Lines = Type.Array(
  Type.Object({
    kind: Type.String({ description: 'same, added, removed or changed.' }),
    text: Type.Optional(Type.String()),
    words: Type.Optional(Words),
  }),
);
const Side = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^(draft|[1-9][0-9]{0,9})$',
      description: `${description} A version, or draft, which it is when left out.`,
    }),
  );

const diffSchema = {
  operationId: 'diffTemplate',
  summary: 'How two versions of a template differ, by lines and words; the draft is one too',
  tags,
  security: securityOf('templates:read'),
  params: IdParams,
  querystring: Type.Object({ from: Side('The earlier one.'), to: Side('The later one.') }, closed),
  response: {
    200: Type.Object(
      {
        texts: Type.Array(Type.Object({ locale: Type.String(), subject: Lines, body: Lines })),
      },
      { description: 'Language by language.' },
    ),
    ...reading,
  },
};

const sideOf = (side = 'draft'): Which =>
  side === 'draft' ? { kind: 'draft' } : { kind: 'version', version: Number(side) };

const noted = <B extends { readonly note?: string }>(body: B) => ({ note: '', ...body });

function answer(reply: FastifyReply, changed: Outcome<TemplateChange>) {
  if (!changed.ok) return sendProblem(reply, changed.problem);
  const { version, head } = changed.value;
  return { version: version && versionLine(version), draft: draftView(head) };
}

function publishingRoutes(templates: Templates): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('templates:publish');
  return async (app) => {
    const path = (action: string) => `/api/v1/templates/:id/${action}`;
    app.post(path('publish'), { schema: publishSchema, onRequest }, async (request, reply) => {
      const { params, body } = request;
      return answer(reply, await templates.publish(askerOf(request), params.id, noted(body)));
    });
    app.post(path('rollback'), { schema: rollBackSchema, onRequest }, async (request, reply) => {
      const { params, body } = request;
      return answer(reply, await templates.rollBack(askerOf(request), params.id, noted(body)));
    });
    app.post(path('archive'), { schema: archiveSchema, onRequest }, async (request, reply) => {
      const { params, body } = request;
      return answer(reply, await templates.archive(askerOf(request), params.id, noted(body)));
    });
    app.post(path('restore'), { schema: restoreSchema, onRequest }, async (request, reply) => {
      const { params, body } = request;
      const input = { version: body.version ?? null, note: body.note ?? '' };
      return answer(reply, await templates.restore(askerOf(request), params.id, input));
    });
  };
}

/** Publish, roll back, archive and restore templates; their versions and how they differ. */
export function templateHistoryRoutes(templates: Templates): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('templates:read');
  return async (app) => {
    await app.register(publishingRoutes(templates));
    const versions = '/api/v1/templates/:id/versions';
    app.get(versions, { schema: versionsSchema, onRequest }, async (request, reply) => {
      const found = templates.versions(request.params.id, request.query.limit ?? usualVersions);
      if (!found.ok) return sendProblem(reply, found.problem);
      return { versions: found.value.map(versionLine) };
    });
    const one = `${versions}/:version`;
    app.get(one, { schema: versionSchema, onRequest }, async (request, reply) => {
      const found = templates.version(request.params.id, request.params.version);
      return found.ok ? versionView(found.value) : sendProblem(reply, found.problem);
    });
    const diff = '/api/v1/templates/:id/diff';
    app.get(diff, { schema: diffSchema, onRequest }, async (request, reply) => {
      const { from, to } = request.query;
      const found = templates.diff(request.params.id, sideOf(from), sideOf(to));
      if (!found.ok) return sendProblem(reply, found.problem);
      return { texts: found.value as never };
    });
  };
}
