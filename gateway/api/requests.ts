import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import { requireScope, securityOf } from '../http/identity.ts';
import { notFound, problemResponses, sendProblem } from '../http/problem.ts';
import { type History, notificationStates, type RequestHistory } from '../read/history.ts';
import { progressOf, type RequestProgress } from '../read/request-progress.ts';
import { ChannelName, IdParams, isoTime, OrNull, Time } from './schemas.ts';

const defaultLimit = 100;
/** About 250 KB of answer; more would hold the event loop of everyone. */
const maxLimit = 1000;

const uuidPattern = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

const Page = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxLimit,
        default: defaultLimit,
        description: 'How many notifications to show.',
      }),
    ),
    after: Type.Optional(
      Type.String({ pattern: uuidPattern, description: 'The next_after of the page before.' }),
    ),
  },
  { additionalProperties: false },
);

const State = Type.Enum([...notificationStates]);

const counts = Object.fromEntries(notificationStates.map((state) => [state, Type.Integer()]));

const RequestView = Type.Object(
  {
    request_id: Type.String(),
    channel: ChannelName,
    template_id: Type.String(),
    movie_id: OrNull(Type.String()),
    user_ids: Type.Array(Type.String()),
    audience: OrNull(Type.String()),
    requested_by: Type.String({ description: 'Name of the API key.' }),
    requested_at: Time,
    announcement: OrNull(
      Type.Object(
        {
          default_locale: Type.String(),
          texts: Type.Array(
            Type.Object({
              locale: Type.String(),
              subject: OrNull(Type.String()),
              body: Type.String(),
            }),
          ),
        },
        { description: 'What was said, as its channel is written; null: it is by a template.' },
      ),
    ),
    total: Type.Integer({ description: 'Notifications known so far; the sum of the counts.' }),
    counts: Type.Object(counts, { description: 'How many notifications are in each state.' }),
    channels: Type.Array(
      Type.Object({ channel: OrNull(ChannelName), counts: Type.Object(counts) }),
      { description: 'The counts by channel; null where somebody was declined before one.' },
    ),
    progress: Type.Object(
      {
        expected: OrNull(
          Type.Integer({
            description:
              'How many are to come of it; null for an audience that was not gone through yet.',
          }),
        ),
        audience_share: OrNull(
          Type.Number({
            minimum: 0,
            maximum: 1,
            description:
              'Which part of its audience was gone through; null for listed people, and where ' +
              'nobody can say.',
          }),
        ),
        under_way: Type.Integer({ description: 'How many are not sent yet, or being sent.' }),
        settled: Type.Integer({ description: 'How many have come to an end, one or another.' }),
        done: OrNull(
          Type.Boolean({
            description:
              'Whether nothing more will come of it. Null: nothing is under way, but nobody can ' +
              'say how far its audience is (Kafka is away, or the request has just been accepted).',
          }),
        ),
        changed_at: OrNull(Time),
        finished_at: OrNull(Time),
      },
      { description: 'How far it is.' },
    ),
    notifications: Type.Array(
      Type.Object({
        notification_id: Type.String(),
        user_id: Type.String(),
        channel: OrNull(ChannelName),
        state: State,
        reason: OrNull(Type.String()),
        attempts: Type.Integer(),
        changed_at: Time,
      }),
      { description: 'One page, in the order of the ids.' },
    ),
    next_after: OrNull(Type.String({ description: 'Null on the last page.' })),
  },
  { description: 'The request, as far as the history knows.' },
);

function progressView(progress: RequestProgress) {
  const { expected, audienceShare, underWay, settled, done } = progress;
  const timeOrNull = (atMs: number | null) => (atMs === null ? null : isoTime(atMs));
  return {
    expected,
    audience_share: audienceShare,
    under_way: underWay,
    settled,
    done,
    changed_at: timeOrNull(progress.changedAtMs),
    finished_at: timeOrNull(progress.finishedAtMs),
  };
}

function viewOf(history: RequestHistory): Static<typeof RequestView> {
  return {
    request_id: history.requestId,
    channel: history.channel,
    template_id: history.templateId,
    movie_id: history.movieId,
    user_ids: [...history.userIds],
    audience: history.audience,
    requested_by: history.requestedBy,
    requested_at: isoTime(history.requestedAtMs),
    announcement: history.announced && {
      default_locale: history.announced.locale,
      texts: history.announced.texts.map((text) => ({ ...text })),
    },
    total: Object.values(history.counts).reduce((sum, count) => sum + count, 0),
    counts: history.counts,
    channels: history.channels.map((each) => ({ ...each })),
    progress: progressView(progressOf(history)),
    notifications: history.notifications.map((each) => ({
      notification_id: each.notificationId,
      user_id: each.userId,
      channel: each.channel,
      state: each.state,
      reason: each.reason,
      attempts: each.attempts,
      changed_at: isoTime(each.changedAtMs),
    })),
    next_after: history.nextAfter,
  };
}

const schema = {
  operationId: 'getRequest',
  summary: 'What became of a request: counts by state, and its notifications page by page',
  description: 'From the history, which follows the topics with a short delay.',
  tags: ['notifications'],
  security: securityOf('notifications:read'),
  params: IdParams,
  querystring: Page,
  response: { 200: RequestView, ...problemResponses(400, 401, 403, 404, 503) },
};

/** GET /api/v1/requests/{id} */
export function requestRoutes(options: { readonly history: History }): FastifyPluginAsyncTypebox {
  const { history } = options;
  const onRequest = requireScope('notifications:read');
  return async (app) => {
    app.get('/api/v1/requests/:id', { schema, onRequest }, async (request, reply) => {
      const { id } = request.params;
      const { limit = defaultLimit, after = null } = request.query;
      const found = await history.requestOf(id, { limit, after });
      if (found) return viewOf(found);
      const detail =
        `There is no request ${id} in the history. The history follows the topics with a short ` +
        'delay: ask again a little later if it was accepted just now.';
      return sendProblem(reply, notFound(detail));
    });
  };
}
