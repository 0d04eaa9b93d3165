import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';

export type FieldProblem = { field: string; message: string };

/** Answers in the form of RFC 9457. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail: string,
  errors: FieldProblem[] = [],
): FastifyReply {
  const problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(errors.length === 0 ? problem : { ...problem, errors });
}

/** Makes every error of `app`, unknown paths included, a problem that names the bad fields. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    return sendProblem(reply, status, error.message, fieldsOf(error));
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 404, `There is no ${request.method} ${request.url} here.`),
  );
}

function fieldsOf(error: FastifyError): FieldProblem[] {
  return (error.validation ?? []).map(({ instancePath, params, message = 'is not valid' }) => {
    const path = instancePath.split('/').filter(Boolean);
    // ajv reports a missing or unknown property at its parent, and a wrong tag of a union too.
    const child =
      params['missingProperty'] ?? params['additionalProperty'] ?? params['tag'] ?? undefined;
    if (typeof child === 'string') path.push(child);
    return { field: path.join('.') || (error.validationContext ?? 'body'), message };
  });
}
