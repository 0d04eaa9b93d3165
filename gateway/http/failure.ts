import type { FastifyError } from 'fastify';
import { type ErrorCode, VestnikError } from '../../runtime/errors.ts';
import { fieldProblems } from './field-problems.ts';
import { badRequest, notNow, type Problem } from './problem.ts';

/** What a client is told of a failure that may pass; the error's own words are for the log. */
const passing: Partial<Record<ErrorCode, string>> = {
  DATABASE_UNAVAILABLE: 'The history cannot be read now. Requests are still taken.',
  CREDENTIALS_UNAVAILABLE:
    'Keys and log-ins cannot be checked now; keys in API_KEYS go on working.',
  KAFKA_UNAVAILABLE: 'Kafka does not answer now.',
  KAFKA_BUSY: 'Kafka is busy now.',
};

/** A defect: the client learns only the id under which the log has it. */
function defect(logId: string): Problem {
  return {
    status: 500,
    detail: 'A defect of the gateway. Report it with the id below.',
    members: { instance: `urn:uuid:${logId}` },
  };
}

function refusal(error: FastifyError, status: number, schemas: Schemas): Problem {
  if (error.validation) {
    const part = error.validationContext ?? 'body';
    return badRequest(...fieldProblems(error.validation, part, schemas?.[part]));
  }
  if (status === 413) return { status, detail: 'The body has more bytes than are taken here.' };
  if (status === 415) return { status, detail: 'The body must be application/json.' };
  return { status, detail: error.message };
}

/** The schemas of a route, by the part of the request that they are for. */
type Schemas = Readonly<Record<string, unknown>> | undefined;

/** The problem to answer with, for anything that was thrown while a request was worked on. */
export function problemOf(error: unknown, logId: string, schemas?: Schemas): Problem {
  if (error instanceof VestnikError) {
    return error.retryable ? notNow(passing[error.code] ?? 'Not now.') : defect(logId);
  }
  const status = (error as Partial<FastifyError> | null)?.statusCode ?? 500;
  return status < 500 ? refusal(error as FastifyError, status, schemas) : defect(logId);
}
