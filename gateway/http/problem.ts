import { STATUS_CODES } from 'node:http';
import { Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A field of the request, in the request's own words, and what is wrong with it. */
export type FieldProblem = { readonly field: string; readonly message: string };

/** Why a request was not done. `detail` is for the client: no addresses, nothing internal. */
export type Problem = {
  readonly status: number;
  readonly detail: string;
  /** After how many seconds the same request may succeed. */
  readonly retryAfterS?: number;
  /** Members beside those of RFC 9457. */
  readonly members?: Readonly<Record<string, unknown>>;
};

/** Something asked for, or why it cannot be had. */
export type Outcome<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly problem: Problem };

export const problemType = 'application/problem+json';

/** Long enough for a broker to be elected, short enough for a person to wait. */
const retryAfterS = 5;

/** What is wrong with a template, and where: lines and columns from 1, in UTF-16 code units. */
export const TemplateProblemView = Type.Object({
  code: Type.String(),
  locale: Type.Union([Type.String(), Type.Null()]),
  part: Type.Union([Type.String(), Type.Null()], { description: 'subject, body, or all of it.' }),
  line: Type.Integer(),
  column: Type.Integer(),
  end_line: Type.Integer(),
  end_column: Type.Integer(),
  message: Type.Object({ ru: Type.String(), en: Type.String() }),
});

/** The answer to every request that was not done, as the API documents it. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Always about:blank: the status says what kind it is.' }),
    title: Type.String({ description: 'The name of the status.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened, and what can be done.' }),
    instance: Type.Optional(Type.String({ description: 'The id that the log has, of a 500.' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
        description: 'The fields of the request that are not right.',
      }),
    ),
    request_id: Type.Optional(
      Type.String({ description: 'The id of a request whose outcome is not known.' }),
    ),
    problems: Type.Optional(
      Type.Array(TemplateProblemView, { description: 'What is wrong with a template.' }),
    ),
    conflict: Type.Optional(
      Type.Object(
        { by: Type.String(), at: Type.String(), revision: Type.Integer() },
        { description: 'Who was faster, when, and the revision that there is now.' },
      ),
    ),
    missing_values: Type.Optional(
      Type.Array(Type.String(), { description: 'The names in the text that have no value.' }),
    ),
    missing: Type.Optional(
      Type.Array(Type.String(), { description: 'What the gateway waits for: kafka, tables.' }),
    ),
    progress: Type.Optional(
      Type.Object(
        { restored: Type.Integer(), total: Type.Integer() },
        { description: 'Records of the tables, read and to be read.' },
      ),
    ),
  },
  { $id: 'Problem', description: 'A problem, in the form of RFC 9457.' },
);

const meanings: Readonly<Record<number, string>> = {
  400: 'The request is not right; `errors` names the fields.',
  401: 'The API key is missing or unknown.',
  403: 'The API key lacks a scope; `detail` names it.',
  404: 'What was asked for does not exist; `detail` names it.',
  409: 'It does not fit what is there now; `detail` says why, `conflict` who was faster.',
  413: 'The body is too large.',
  415: 'The body is not application/json in UTF-8, or it is compressed.',
  422: 'It is not right: `errors` names the fields; `missing_values`, `problems`: of a text.',
  429: 'A quota of the API key is used up; Retry-After says until when.',
  500: 'A defect of the gateway; `instance` is the id that its log has.',
  503: 'Not now: try again after the seconds of Retry-After.',
};

/** Where somebody must be known, these can be answered, too. */
const withKeys = [403, 429];

/** The responses of a route's schema for some statuses; 500 is one of them always. */
export function problemResponses(...statuses: readonly number[]): Record<number, object> {
  const guarded = statuses.includes(401) ? withKeys : [];
  const responses = [...statuses, ...guarded, 500].map((status) => [
    status,
    {
      description: meanings[status] ?? STATUS_CODES[status],
      content: { [problemType]: { schema: { $ref: 'Problem#' } } },
    },
  ]);
  return Object.fromEntries(responses) as Record<number, object>;
}

/** The members of a problem, as they are sent (RFC 9457, section 3.1). */
export function problemBody({ status, detail, members }: Problem): object {
  return { type: 'about:blank', title: STATUS_CODES[status], status, detail, ...members };
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterS !== undefined) reply.header('retry-after', problem.retryAfterS);
  return reply
    .code(problem.status)
    .type(problemType)
    .serializer(JSON.stringify)
    .send(problemBody(problem));
}

/** The request is not right. */
export function badRequest(...errors: readonly FieldProblem[]): Problem {
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  return { status: 400, detail: `${detail}.`, members: { errors } };
}

/** What was asked for does not exist. */
export const notFound = (detail: string): Problem => ({ status: 404, detail });

/** An id in percent-encoding; longer ids get to the schema, which says what is wrong. */
export const maxParamLength = 3000;

export const pathTooLong: Problem = {
  status: 414,
  detail: 'The path is no valid URL, or too long.',
};

/** Nothing answers to the path. */
export const noSuchPath = ({ method }: FastifyRequest): Problem =>
  notFound(`There is no ${method} of this path; see /docs.`);

/** It may work later, with nothing changed. */
export function notNow(detail: string, members: Problem['members'] = {}): Problem {
  return { status: 503, detail, retryAfterS, members };
}
