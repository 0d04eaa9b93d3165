import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Clock } from '../runtime/clock.ts';
import type { ApiKey } from '../runtime/config.ts';
import { describeError } from '../runtime/errors.ts';
import type { Health } from '../runtime/health.ts';
import type { Log } from '../runtime/log.ts';
import { requireApiKey } from './auth.ts';
import { answerClientError } from './client-error.ts';
import { problemOf } from './failure.ts';
import type { History } from './history.ts';
import { describeApi } from './open-api.ts';
import { noteMethods, refuseOtherMethods } from './other-methods.ts';
import { notFound, ProblemSchema, sendProblem } from './problem.ts';
import type { Publish } from './publisher.ts';
import { logRequests } from './request-log.ts';
import { commentRoutes } from './routes/comments.ts';
import { healthRoutes } from './routes/health.ts';
import { movieRoutes } from './routes/movies.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { requestRoutes } from './routes/requests.ts';
import { templateRoutes } from './routes/templates.ts';
import { userRoutes } from './routes/users.ts';
import { securityHeaders } from './security-headers.ts';
import type { TableSource } from './tables.ts';

/** Everything the gateway works with; tests hand in parts of their own. */
export type GatewayParts = {
  readonly source: TableSource;
  readonly publish: Publish;
  readonly kafkaAnswers: () => Promise<boolean>;
  readonly history: History;
  readonly apiKeys: readonly ApiKey[];
  readonly clock: Clock;
  readonly health: Health;
  readonly newId: () => string;
  readonly log: Log;
};

/** What one client can make the gateway hold. The framework's own defaults are larger or none. */
const limits = {
  /** 10,000 short user ids. */
  bodyLimit: 64 * 1024,
  /** For a whole request to arrive, so that slow writers cannot hold sockets (slowloris). */
  requestTimeout: 30_000,
  /** Longer than the slowest answer: a write waits 6 s for Kafka. */
  connectionTimeout: 30_000,
  /** Longer than the 60 s of the usual load balancers, which must be first to close. */
  keepAliveTimeout: 65_000,
} as const;
/** Half of the usual 2,048 or more file descriptors, for there are stores and brokers too. */
const maxConnections = 1000;
/** An id in percent-encoding; longer ids get to the schema, which says what is wrong. */
const maxParamLength = 3000;

function createServer({ log, newId }: GatewayParts): FastifyInstance {
  const app: FastifyInstance = fastify({
    ...limits,
    routerOptions: { maxParamLength },
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
    genReqId: newId,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _request, reply) => {
      const detail = 'The path is no valid URL, or too long.';
      const status = error.statusCode ?? 400;
      return void sendProblem(reply.headers(securityHeaders), { status, detail });
    },
  });
  app.server.maxConnections = maxConnections;
  return app;
}

/** Not the error itself: errors of PostgreSQL carry the values of their statement. */
const stackOf = (error: unknown) => (error instanceof Error ? error.stack : undefined);

function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    const line = { id: request.id, route: request.routeOptions.url, reason: describeError(error) };
    if (problem.status === 503) app.log.warn(line, 'a request must wait');
    if (problem.status === 500) app.log.error({ ...line, stack: stackOf(error) }, 'a defect');
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, notFound(`There is no ${request.method} of this path; see /docs.`)),
  );
}

/** Builds the gateway. Opens nothing: whoever calls it listens, or injects requests. */
export async function buildApp(parts: GatewayParts): Promise<FastifyInstance> {
  const { source, history, kafkaAnswers } = parts;
  const app = createServer(parts);
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  app.addSchema(ProblemSchema);
  app.decorateRequest('apiKeyName', '');
  app.addHook('onRequest', async (_request, reply) => void reply.headers(securityHeaders));
  logRequests(app);
  answerProblems(app);
  await describeApi(app);

  const methods = noteMethods(app);
  const authenticate = requireApiKey(parts.apiKeys);
  const nowMs = () => parts.clock.nowMs();
  await app.register(healthRoutes({ source, kafkaAnswers }));
  await app.register(notificationRoutes({ ...parts, authenticate, nowMs }));
  await app.register(requestRoutes({ history, authenticate }));
  await app.register(userRoutes({ source, authenticate }));
  await app.register(movieRoutes(source));
  await app.register(commentRoutes(source));
  await app.register(templateRoutes(source));
  refuseOtherMethods(app, methods);
  return app;
}
