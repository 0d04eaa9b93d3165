import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Clock } from '../runtime/clock.ts';
import type { ApiKey } from '../runtime/config.ts';
import { describeError } from '../runtime/errors.ts';
import type { Health } from '../runtime/health.ts';
import type { Log } from '../runtime/log.ts';
import { accountRoutes } from './api/accounts.ts';
import { announcementTestRoutes } from './api/announcement-tests.ts';
import { announcementRoutes } from './api/announcements.ts';
import { apiKeyRoutes } from './api/api-keys.ts';
import { auditRoutes } from './api/audit.ts';
import { commentRoutes } from './api/comments.ts';
import { deadLetterRoutes } from './api/dead-letters.ts';
import { eventRoutes } from './api/events.ts';
import { healthRoutes } from './api/health.ts';
import { movieRoutes } from './api/movies.ts';
import { notificationHistoryRoutes } from './api/notification-history.ts';
import { notificationRoutes } from './api/notifications.ts';
import { describeApi } from './api/open-api.ts';
import { peopleRoutes } from './api/people.ts';
import { peopleSearchRoutes } from './api/people-search.ts';
import { redriveRoutes } from './api/redrives.ts';
import { requestRoutes } from './api/requests.ts';
import { templateAuthoringRoutes } from './api/template-authoring.ts';
import { templateHistoryRoutes } from './api/template-history.ts';
import { templatePartRoutes } from './api/template-parts.ts';
import { templateTestRoutes } from './api/template-tests.ts';
import { templateRoutes } from './api/templates.ts';
import { userRoutes } from './api/users.ts';
import type { Credentials } from './credentials/credentials.ts';
import { type IdempotentAnswers, openIdempotentAnswers } from './credentials/idempotent-answers.ts';
import { identifyKeys } from './credentials/identify.ts';
import { openKeyCheck } from './credentials/key-check.ts';
import { openQuotaCheck } from './credentials/quotas.ts';
import { answerClientErrors } from './http/client-error.ts';
import { type CloseBounds, closeBounds, closeInTime, noteSockets } from './http/close-in-time.ts';
import { sendEarly } from './http/early-answer.ts';
import { endEarlyAnswered } from './http/early-answers.ts';
import { problemOf } from './http/failure.ts';
import { requireHost } from './http/host-header.ts';
import { keepAnswers } from './http/idempotency.ts';
import { readJsonBodies } from './http/json-body.ts';
import { noteOpenRequests } from './http/open-requests.ts';
import { noteMethods, refuseOtherMethods } from './http/other-methods.ts';
import { shedLoad } from './http/overload.ts';
import {
  maxParamLength,
  noSuchPath,
  ProblemSchema,
  pathTooLong,
  sendProblem,
} from './http/problem.ts';
import { logRequests } from './http/request-log.ts';
import { securityHeaders } from './http/security-headers.ts';
import { buildSerializers } from './http/serializers.ts';
import { compileValidator } from './http/validators.ts';
import { panel } from './panel/panel.ts';
import type { PanelParts } from './panel/parts.ts';
import type { Parts } from './parts/parts.ts';
import type { PeopleChanges } from './people/change-people.ts';
import type { AuditLog } from './read/audit-log.ts';
import type { DeadLetters } from './read/dead-letters.ts';
import type { History } from './read/history.ts';
import type { NotificationSearch } from './read/notification-search.ts';
import type { NotificationStories } from './read/notification-story.ts';
import type { People } from './read/people.ts';
import type { PeopleSearch } from './read/people-search.ts';
import type { TableSource } from './read/tables.ts';
import type { Redrives } from './redrives/redrives.ts';
import { createDryRuns } from './sending/dry-runs.ts';
import { createTestLimit } from './sending/test-limit.ts';
import type { Templates } from './templates/templates.ts';
import type { Publish } from './write/publisher.ts';

/** Everything the gateway works with; tests hand in parts of their own. */
export type GatewayParts = {
  readonly source: TableSource;
  readonly people: () => People | null;
  readonly publish: Publish;
  readonly kafkaAnswers: () => Promise<boolean>;
  readonly history: History;
  readonly deadLetters: Pick<DeadLetters, 'list'>;
  readonly redrives: Redrives;
  readonly peopleChanges: PeopleChanges;
  readonly peopleSearch: PeopleSearch;
  readonly auditLog: AuditLog;
  readonly notificationSearch: NotificationSearch;
  readonly notificationStories: NotificationStories;
  readonly templates: Templates;
  readonly sharedParts: Parts;
  readonly apiKeys: readonly ApiKey[];
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly health: Health;
  /** By how much the event loop is late, in milliseconds. */
  readonly loopDelayMs: () => number;
  readonly newId: () => string;
  readonly log: Log;
  readonly panel: PanelParts;
  /** Else those that PostgreSQL keeps. */
  readonly answers?: IdempotentAnswers;
  readonly timeouts?: Timeouts;
};

/** How long one client can make the gateway hold what, in milliseconds. */
export type Timeouts = {
  /**
   * For the headers to arrive, and for the whole request, so that slow writers cannot hold sockets
   * (slowloris). Node takes the larger of both for the whole, so headers must have the smaller.
   */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often Node looks for requests that are late; its own 30 s would double both. */
  readonly checkMs: number;
  /** For a connection on which nothing moves. Longer than a request, so that a 408 comes first. */
  readonly silenceMs: number;
  /** After an answer to a request that is not all there. */
  readonly lingerMs: number;
  readonly close: CloseBounds;
};

export const usualTimeouts: Timeouts = {
  headersMs: 20_000,
  requestMs: 30_000,
  checkMs: 1000,
  silenceMs: 40_000,
  lingerMs: 2000,
  close: closeBounds,
};

/** 10,000 short user ids. */
const bodyLimit = 64 * 1024;
/** Longer than the 60 s of the usual load balancers, which must be first to close. */
const keepAliveTimeout = 65_000;
/** Half of the usual 2,048 or more file descriptors, for there are stores and brokers too. */
const maxConnections = 1000;

function createServer(parts: GatewayParts): FastifyInstance {
  const { log, newId, clock, timeouts = usualTimeouts } = parts;
  const app: FastifyInstance = fastify({
    bodyLimit,
    keepAliveTimeout,
    requestTimeout: timeouts.requestMs,
    connectionTimeout: timeouts.silenceMs,
    http: {
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: timeouts.checkMs,
      requireHostHeader: false,
    },
    // The framework's own answer while it closes is no problem+json; `overload.ts` has one.
    return503OnClosing: false,
    routerOptions: { maxParamLength },
    schemaController: { compilersFactory: { buildSerializer: buildSerializers } },
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
    genReqId: newId,
    clientErrorHandler: answerClientErrors({ clock, lingerMs: timeouts.lingerMs }),
    frameworkErrors: (error, _request, reply) => {
      const status = error.statusCode ?? 400;
      return void sendEarly(reply.headers(securityHeaders), { ...pathTooLong, status });
    },
  });
  app.server.maxConnections = maxConnections;
  return app;
}

/** Not the error itself: errors of PostgreSQL carry the values of their statement. */
const stackOf = (error: unknown) => (error instanceof Error ? error.stack : undefined);

const schemasOf = ({ routeOptions }: FastifyRequest) =>
  routeOptions.schema as Readonly<Record<string, unknown>> | undefined;

function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id, schemasOf(request));
    const line = { id: request.id, route: request.routeOptions.url, reason: describeError(error) };
    if (problem.status === 503) app.log.warn(line, 'a request must wait');
    if (problem.status === 500) app.log.error({ ...line, stack: stackOf(error) }, 'a defect');
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, noSuchPath(request)));
}

/** The gateway's server, and how to close it in a bounded time. */
export type BuiltApp = { readonly app: FastifyInstance; readonly close: () => Promise<void> };

/** What is done with every request before its route is asked, in this order. */
function guardRequests(app: FastifyInstance, parts: GatewayParts): BuiltApp['close'] {
  const { clock, loopDelayMs, timeouts = usualTimeouts } = parts;
  const sockets = noteSockets(app);
  const open = noteOpenRequests(app);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
  requireHost(app);
  shedLoad(app, { open, loopDelayMs });
  endEarlyAnswered(app, { clock, lingerMs: timeouts.lingerMs });
  readJsonBodies(app);
  logRequests(app);
  answerProblems(app);
  return () => closeInTime(app, { clock, open, sockets, bounds: timeouts.close });
}

/** Builds the gateway. Opens nothing: whoever calls it listens, or injects requests. */
export async function buildApp(parts: GatewayParts): Promise<BuiltApp> {
  const { source, history, kafkaAnswers, health, credentials } = parts;
  const app = createServer(parts);
  app.setValidatorCompiler(compileValidator);
  app.addSchema(ProblemSchema);
  app.decorateRequest('identity', null);
  const quotas = openQuotaCheck(credentials);
  const keys = openKeyCheck(credentials);
  app.decorate('identify', identifyKeys({ apiKeys: parts.apiKeys, keys, quotas }));
  const close = guardRequests(app, parts);
  const { newId, newSecret } = credentials;
  const { answers = openIdempotentAnswers(credentials) } = parts;
  keepAnswers(app, { answers, newId, newSecret });
  await describeApi(app);

  const methods = noteMethods(app);
  const nowMs = () => parts.clock.nowMs();
  const dryRuns = createDryRuns(parts);
  await app.register(healthRoutes({ source, kafkaAnswers, health }));
  const testLimit = createTestLimit({ nowMs });
  const sending = { ...parts, dryRuns, quotas, testLimit, nowMs };
  await app.register(notificationRoutes(sending));
  await app.register(announcementRoutes(sending));
  await app.register(announcementTestRoutes(sending));
  await app.register(requestRoutes({ history }));
  await app.register(notificationHistoryRoutes(parts));
  await app.register(auditRoutes(parts));
  await app.register(eventRoutes({ ...parts, nowMs }));
  await app.register(peopleSearchRoutes(parts));
  await app.register(peopleRoutes({ source, people: parts.peopleChanges }));
  await app.register(deadLetterRoutes(parts));
  await app.register(redriveRoutes(parts.redrives));
  await app.register(userRoutes({ source }));
  await app.register(movieRoutes(source));
  await app.register(commentRoutes(source));
  await app.register(templateRoutes(source, parts.templates));
  await app.register(templateAuthoringRoutes(parts.templates, parts.newId));
  await app.register(templateHistoryRoutes(parts.templates));
  await app.register(templateTestRoutes(sending));
  await app.register(templatePartRoutes(parts));
  await app.register(apiKeyRoutes(credentials));
  await app.register(accountRoutes(credentials));
  refuseOtherMethods(app, methods);
  const { pace } = parts.panel;
  await app.register(panel({ ...parts.panel, sending: { ...sending, answers, pace } }));
  return { app, close };
}
