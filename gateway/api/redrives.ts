import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import { maxRatePerSecond, usualRatePerSecond } from '../../redrive/redrive.ts';
import { type ErrorCode, errorTable } from '../../runtime/errors.ts';
import { allTopics } from '../../schemas/topics.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { badRequest, notFound, problemResponses, sendProblem } from '../http/problem.ts';
import type { RedriveRun, Redrives } from '../redrives/redrives.ts';
import { IdParams, isoTime, OrNull, Time } from './schemas.ts';

const maxFilterLength = 255;

const Filter = {
  code: Type.Optional(
    Type.Enum(Object.keys(errorTable), { description: 'Why the records were set aside.' }),
  ),
  topic: Type.Optional(
    Type.Enum(
      allTopics.map(({ name }) => name),
      { description: 'Where they came from.' },
    ),
  ),
  process: Type.Optional(
    Type.String({ minLength: 1, maxLength: maxFilterLength, description: 'Who set them aside.' }),
  ),
  key: Type.Optional(
    Type.String({ minLength: 1, maxLength: maxFilterLength, description: 'The key they have.' }),
  ),
  since: Type.Optional(
    Type.String({ format: 'date-time', description: 'Letters written at this time or later.' }),
  ),
  until: Type.Optional(
    Type.String({ format: 'date-time', description: 'Letters written at this time or earlier.' }),
  ),
  letter: Type.Optional(
    Type.Object(
      { partition: Type.Integer({ minimum: 0 }), offset: Type.Integer({ minimum: 0 }) },
      {
        additionalProperties: false,
        description: 'One letter, as GET /api/v1/dead-letters names it.',
      },
    ),
  ),
};

const Body = Type.Object(
  {
    ...Filter,
    dry_run: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Nothing is sent: the counts say what would become of each letter.',
      }),
    ),
    rate: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxRatePerSecond,
        default: usualRatePerSecond,
        description: 'Records a second.',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ code: 'MOVIE_UNKNOWN', dry_run: true }] },
);

const Run = Type.Object(
  {
    redrive_id: Type.String(),
    state: Type.Enum(['running', 'done', 'fenced', 'failed'], {
      description: 'fenced: another redrive was begun and goes on in place of this one.',
    }),
    dry_run: Type.Boolean(),
    asked_by: Type.String(),
    began_at: Time,
    ended_at: OrNull(Time),
    offsets: OrNull(Type.Integer({ description: 'Of the dead letters, to be read.' })),
    sent: Type.Integer({ description: 'Records that are back in their topics.' }),
    counts: Type.Record(Type.String(), Type.Integer(), {
      description: 'Letters by what became of them, or would: sent, already, superseded …',
    }),
    reason: OrNull(Type.String({ description: 'Why it failed.' })),
  },
  { description: 'A redrive, as far as it is.' },
);

const Runs = Type.Object(
  { redrives: Type.Array(Run, { description: 'The newest first.' }) },
  { description: 'The redrives that this process was asked for lately.' },
);

function viewOf(run: RedriveRun): Static<typeof Run> {
  return {
    redrive_id: run.redriveId,
    state: run.state,
    dry_run: run.request.dryRun,
    asked_by: run.askedBy,
    began_at: isoTime(run.beganAtMs),
    ended_at: run.endedAtMs === null ? null : isoTime(run.endedAtMs),
    offsets: run.offsets,
    sent: run.sent,
    counts: { ...run.counts },
    reason: run.reason,
  };
}

const timeMs = (text: string | undefined) => (text === undefined ? null : Date.parse(text));

function requestOf(body: Static<typeof Body>): RedriveRun['request'] {
  const { code, topic = null, process = null, key = null, letter = null } = body;
  return {
    code: (code as ErrorCode | undefined) ?? null,
    topic,
    process,
    key,
    place: letter,
    sinceMs: timeMs(body.since),
    untilMs: timeMs(body.until),
    dryRun: body.dry_run === true,
    ratePerSecond: body.rate ?? usualRatePerSecond,
  };
}

const beginSchema = {
  operationId: 'beginRedrive',
  summary: 'Send dead letters back to where they came from, or see what that would do',
  description:
    'What `npm run redrive` does. It runs on after the answer: ask for it by its id. A letter ' +
    'goes back once, however often that is asked for. Without a filter all letters are meant.',
  tags: ['operations'],
  security: securityOf('dead-letters:redrive'),
  body: Body,
  response: { 202: Run, ...problemResponses(400, 401, 403, 409, 413, 415, 503) },
};

const getSchema = {
  operationId: 'getRedrive',
  summary: 'How far a redrive is',
  description: 'Known to the process that was asked for it; after that, GET /api/v1/audit.',
  tags: ['operations'],
  security: securityOf('dead-letters:read'),
  params: IdParams,
  response: { 200: Run, ...problemResponses(400, 401, 403, 404, 503) },
};

const listSchema = {
  operationId: 'listRedrives',
  summary: 'The latest redrives',
  tags: ['operations'],
  security: securityOf('dead-letters:read'),
  response: { 200: Runs, ...problemResponses(401, 403, 503) },
};

/** POST /api/v1/redrives, GET /api/v1/redrives and GET /api/v1/redrives/{id} */
export function redriveRoutes(redrives: Redrives): FastifyPluginAsyncTypebox {
  const reading = requireScope('dead-letters:read');
  const redriving = requireScope('dead-letters:redrive');
  return async (app) => {
    const url = '/api/v1/redrives';
    app.post(url, { schema: beginSchema, onRequest: redriving }, async (request, reply) => {
      const asked = requestOf(request.body);
      const { sinceMs, untilMs } = asked;
      if (sinceMs !== null && untilMs !== null && sinceMs > untilMs) {
        return sendProblem(reply, badRequest({ field: 'since', message: 'is later than until' }));
      }
      const begun = await redrives.begin(askerOf(request), asked);
      if (!begun.ok) return sendProblem(reply, begun.problem);
      reply.code(202).header('location', `${url}/${begun.value.redriveId}`);
      return viewOf(begun.value);
    });
    app.get(url, { schema: listSchema, onRequest: reading }, async () => ({
      redrives: redrives.list().map(viewOf),
    }));
    const one = `${url}/:id`;
    app.get(one, { schema: getSchema, onRequest: reading }, async (request, reply) => {
      const run = redrives.find(request.params.id);
      if (run) return viewOf(run);
      const detail =
        `This process knows no redrive ${request.params.id}: it was asked for elsewhere, or too ` +
        'long ago. GET /api/v1/audit says what it did.';
      return sendProblem(reply, notFound(detail));
    });
  };
}
