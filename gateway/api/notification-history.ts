import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import { isUuid } from '../../schemas/ids.ts';
import { requireScope, securityOf } from '../http/identity.ts';
import { notFound, type Outcome, problemResponses, sendProblem } from '../http/problem.ts';
import { notificationStates } from '../read/history.ts';
import type {
  FoundNotification,
  NotificationPage,
  NotificationQuery,
  NotificationSearch,
} from '../read/notification-search.ts';
import type { NotificationStories, NotificationStory } from '../read/notification-story.ts';
import { decisionSentences } from '../words/decision-sentences.ts';
import { Bound, Filter, Limit, timesOf } from './filters.ts';
import { After, afterText, placeOf } from './keyset.ts';
import { ChannelName, EventName, isoTime, OrNull, Time } from './schemas.ts';

/** About 200 KB of answer; more would hold the event loop of everyone. */
const pageSize = { usual: 50, max: 500 };

const State = Type.Enum([...notificationStates], { description: 'What became of it so far.' });

const Query = Type.Object(
  {
    user_id: Filter('Who it is for.'),
    template_id: Filter('The template it was, or would have been, made of.'),
    event_id: Filter('The event it comes from; of a request its id.'),
    event_type: Type.Optional(EventName),
    request_id: Filter('The request it comes from.'),
    channel: Type.Optional(ChannelName),
    outcome: Type.Optional(State),
    since: Bound('Of events at this time or later.'),
    until: Bound('Of events at this time or earlier.'),
    limit: Limit('notifications', pageSize),
    after: After,
  },
  { additionalProperties: false },
);

const Found = Type.Object({
  notification_id: Type.String(),
  request_id: OrNull(Type.String()),
  user_id: Type.String(),
  channel: OrNull(ChannelName),
  template_id: OrNull(Type.String()),
  event_type: OrNull(EventName),
  outcome: State,
  reason: OrNull(Type.String()),
  attempts: Type.Integer(),
  occurred_at: Time,
  changed_at: Time,
});

const Page = Type.Object(
  {
    notifications: Type.Array(Found, {
      description: 'Newest event first; those of one event or request by id, the largest first.',
    }),
    next_after: OrNull(
      Type.String({
        description:
          'Null when all was looked at. A page looks at a bounded number of notifications, so it ' +
          'can be short, or empty, while there are more behind it.',
      }),
    ),
  },
  { description: 'One page, as far as the history knows.' },
);

const Place = Type.Object({
  topic: Type.String(),
  partition: Type.Integer(),
  offset: Type.Integer(),
});
const Sentence = Type.Object({ ru: Type.String(), en: Type.String() });

const Story = Type.Object(
  {
    notification_id: Type.String(),
    outcome: State,
    user_id: Type.String(),
    channel: OrNull(ChannelName),
    template_id: OrNull(Type.String()),
    template_version: OrNull(Type.Integer()),
    request_id: OrNull(Type.String()),
    occurred_at: Time,
    written_at: OrNull(Time),
    event: OrNull(
      Type.Object(
        { event_id: Type.String(), event_type: EventName, record: Place },
        { description: 'What it comes from, and where that record lies.' },
      ),
    ),
    joined: OrNull(
      Type.Object(
        { user: Place, preference: OrNull(Place) },
        { description: 'The rows of the person that were joined.' },
      ),
    ),
    text: OrNull(
      Type.Object(
        {
          template_version: Type.Integer(),
          locale: Type.String(),
          address: Type.String(),
          recipient_name: Type.String(),
          subject: OrNull(Type.String()),
          body: Type.String(),
        },
        { description: 'The text as it was sent.' },
      ),
    ),
    text_missing: OrNull(
      Type.Enum(['notKept', 'notReachable'], {
        description:
          'Why the text of a fan-out is not here: it lies in Kafka, which keeps it for seven ' +
          'days (`notKept`), or does not answer now (`notReachable`).',
      }),
    ),
    erased_at: OrNull(
      Type.String({
        format: 'date-time',
        description: 'When the person was erased: the text is gone, and so are details.',
      }),
    ),
    rule: OrNull(
      Type.Object(
        { reason: Type.String(), sentence: Sentence, detail: OrNull(Type.String()) },
        { description: 'The rule that said no.' },
      ),
    ),
    attempts: Type.Array(
      Type.Object({
        kind: Type.String({ description: 'What was begun, or what the vendor answered.' }),
        attempt: Type.Integer(),
        provider_id: OrNull(Type.String()),
        code: OrNull(Type.String()),
        reason: OrNull(Type.String()),
        retry_after_ms: OrNull(Type.Integer()),
        happened_at: Time,
      }),
      { description: 'The journal of the attempts, in its order.' },
    ),
  },
  { description: 'All that the history knows of the notification.' },
);

const foundView = (found: FoundNotification): Static<typeof Found> => ({
  notification_id: found.notificationId,
  request_id: found.requestId,
  user_id: found.userId,
  channel: found.channel,
  template_id: found.templateId,
  event_type: found.eventType,
  outcome: found.state,
  reason: found.reason,
  attempts: found.attempts,
  occurred_at: isoTime(found.occurredAtMs),
  changed_at: isoTime(found.changedAtMs),
});

const pageView = ({ notifications, next }: NotificationPage): Static<typeof Page> => ({
  notifications: notifications.map(foundView),
  next_after:
    next === null ? null : afterText({ atMs: next.occurredAtMs, id: next.notificationId }),
});

const textView = (text: NonNullable<NotificationStory['text']>) => ({
  template_version: text.templateVersion,
  locale: text.locale,
  address: text.address,
  recipient_name: text.recipientName,
  subject: text.subject,
  body: text.body,
});

function storyView(story: NotificationStory): Static<typeof Story> {
  const { event, decision, writtenAtMs } = story;
  return {
    notification_id: story.notificationId,
    outcome: story.state,
    user_id: story.userId,
    channel: story.channel,
    template_id: story.templateId,
    template_version: story.templateVersion,
    request_id: story.requestId,
    occurred_at: isoTime(story.occurredAtMs),
    written_at: writtenAtMs === null ? null : isoTime(writtenAtMs),
    event: event && {
      event_id: event.eventId,
      event_type: event.eventType,
      record: event.source,
    },
    joined: story.joined,
    text: story.text && textView(story.text),
    text_missing: story.textMissing,
    erased_at: story.erasedAtMs === null ? null : isoTime(story.erasedAtMs),
    rule: decision && { ...decision, sentence: decisionSentences[decision.reason] },
    attempts: story.attempts.map((line) => ({
      kind: line.kind,
      attempt: line.attempt,
      provider_id: line.providerId,
      code: line.code,
      reason: line.reason,
      retry_after_ms: line.retryAfterMs,
      happened_at: isoTime(line.happenedAtMs),
    })),
  };
}

function queryOf(query: Static<typeof Query>): Outcome<NotificationQuery> {
  const times = timesOf(query);
  if (!times.ok) return times;
  const after = placeOf(query.after, isUuid);
  if (!after.ok) return after;
  const { value: place } = after;
  return {
    ok: true,
    value: {
      userId: query.user_id ?? null,
      templateId: query.template_id ?? null,
      eventId: query.event_id ?? null,
      eventType: query.event_type ?? null,
      requestId: query.request_id ?? null,
      channel: query.channel ?? null,
      state: query.outcome ?? null,
      ...times.value,
      limit: query.limit ?? pageSize.usual,
      after: place && { occurredAtMs: place.atMs, notificationId: place.id },
    },
  };
}

const listSchema = {
  operationId: 'listNotifications',
  summary: 'Notifications by person, template, event, request, channel, outcome and time',
  description: 'From the history, which follows the topics with a short delay. Newest first.',
  tags: ['notifications'],
  security: securityOf('notifications:read'),
  querystring: Query,
  response: { 200: Page, ...problemResponses(400, 401, 403, 503) },
};

const storySchema = {
  operationId: 'getNotification',
  summary: 'The story of a notification: why it was made, the text as sent, every attempt',
  description:
    'Or the rule that said no. From the history, which follows the topics with a short delay. ' +
    'Addresses and names are those at the time of rendering; those of an erased person are gone.',
  tags: ['notifications'],
  security: securityOf('notifications:read'),
  params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
  response: { 200: Story, ...problemResponses(400, 401, 403, 404, 503) },
};

/** GET /api/v1/notifications and GET /api/v1/notifications/{id} */
export function notificationHistoryRoutes(options: {
  readonly notificationSearch: NotificationSearch;
  readonly notificationStories: NotificationStories;
}): FastifyPluginAsyncTypebox {
  const { notificationSearch, notificationStories } = options;
  const onRequest = requireScope('notifications:read');
  return async (app) => {
    app.get('/api/v1/notifications', { schema: listSchema, onRequest }, async (request, reply) => {
      const query = queryOf(request.query);
      if (!query.ok) return sendProblem(reply, query.problem);
      return pageView(await notificationSearch.list(query.value));
    });
    const url = '/api/v1/notifications/:id';
    app.get(url, { schema: storySchema, onRequest }, async (request, reply) => {
      const story = await notificationStories.storyOf(request.params.id);
      if (story) return storyView(story);
      const detail = `There is no notification ${request.params.id} in the history.`;
      return sendProblem(reply, notFound(detail));
    });
  };
}
