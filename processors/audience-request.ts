import { entries, id, type Measured } from '../runtime/measured.ts';
import { emit, type Message, refuse, type Step, sourceOf } from '../runtime/processor.ts';
import { describeUnreadable, isUnreadable, readableIn } from '../runtime/table.ts';
import type {
  AudienceKind,
  DecisionReason,
  NotificationRequested,
} from '../schemas/generated/records.ts';
import { notificationIdOf } from '../schemas/ids.ts';
import { limits } from '../schemas/limits.ts';
import { topics } from '../schemas/topics.ts';
import { broadcast, direct } from './command.ts';
import { digestOf } from './once.ts';
import type { PlanContext } from './plan-context.ts';
import { partsOfMovie, partsOfTemplate, refuseTooLarge } from './sizes.ts';

type Audience = { readonly kind: AudienceKind; readonly keys: readonly string[] };
type RequestMessage = Message<typeof topics.notificationRequested>;

/** The people a request names; null when it names nobody, or an audience that we do not know. */
function audienceOf(request: NotificationRequested): Audience | null {
  const { userIds } = request;
  if (request.audience === null)
    return userIds.length > 0 ? { kind: 'listed', keys: userIds } : null;
  if (request.audience === 'all') return { kind: 'everyone', keys: [] };
  const [kind = '', ...rest] = request.audience.split(':');
  const key = rest.join(':');
  if (key === '') return null;
  if (kind === 'movie') return { kind: 'movieFollowers', keys: [key] };
  if (kind === 'genre') return { kind: 'genreFollowers', keys: [key] };
  return null;
}

/** The parts of a request that go on into decisions, commands or look-ups. */
function* partsOf(request: NotificationRequested): Iterable<Measured> {
  yield id('templateId', request.templateId);
  yield id('movieId', request.movieId);
  yield id('audience', request.audience);
  yield entries('userIds', request.userIds, limits.listedPeople);
  for (const [index, userId] of request.userIds.entries()) yield id(`userIds[${index}]`, userId);
}

/** A decision for each listed person, so that the request's counts add up and say why. */
function* declineAll(message: RequestMessage, reason: DecisionReason, detail: string) {
  const request = message.value;
  const { requestId, templateId, channel } = request;
  for (const userId of new Set(request.userIds)) {
    const identity = { eventId: requestId, templateId, channel, userId };
    yield emit(topics.notificationDecisions, {
      key: userId,
      value: {
        ...identity,
        notificationId: notificationIdOf(identity),
        eventType: 'notificationRequested',
        requestId,
        reason,
        detail,
        source: sourceOf(message),
        occurredAt: request.requestedAt,
      },
    });
  }
}

const unknownAudience = ({ audience, requestId }: NotificationRequested) =>
  audience === null
    ? `the request ${requestId} has no audience and no userIds`
    : `the audience "${audience}" of the request ${requestId}`;

/**
 * Plans an administrator's request. What is missing was there when the gateway looked, or the
 * request came another way: listed people get a decision each, a named audience a dead letter.
 */
export function* planRequest(message: RequestMessage, context: PlanContext): Iterable<Step> {
  const request = message.value;
  const large = refuseTooLarge('the request', partsOf(request));
  if (large) return yield large;
  const of = `the request ${request.requestId}`;
  const audience = audienceOf(request);
  if (!audience) return yield refuse('AUDIENCE_UNKNOWN', unknownAudience(request));
  const listed = audience.kind === 'listed';
  const { movies, templates } = context.globals;
  const row = templates.get(request.templateId);
  const movieRow = request.movieId === null ? null : movies.get(request.movieId);
  const unreadable = [row, movieRow ?? undefined].find(isUnreadable);
  if (unreadable) {
    const detail = describeUnreadable(unreadable);
    if (!listed) return yield refuse('ROW_UNREADABLE', `${detail}, of ${of}`);
    return yield* declineAll(message, 'rowUnreadable', detail);
  }
  const template = readableIn(row);
  if (!template || template.channel !== request.channel) {
    const detail = `template ${request.templateId} for ${request.channel}`;
    if (!listed) return yield refuse('TEMPLATE_UNKNOWN', `${detail}, of ${of}`);
    return yield* declineAll(message, 'unknownTemplate', detail);
  }
  const long = refuseTooLarge(`the template ${template.id}`, partsOfTemplate(template));
  if (long) return yield long;
  const movie = movieRow === null ? null : readableIn(movieRow);
  if (movie === undefined) {
    const detail = `movie ${request.movieId}`;
    if (!listed) return yield refuse('MOVIE_UNKNOWN', `${detail} of ${of}`);
    return yield* declineAll(message, 'unknownMovie', detail);
  }
  const longMovie = movie && refuseTooLarge(`the movie ${movie.id}`, partsOfMovie(movie));
  if (longMovie) return yield longMovie;
  const command = {
    eventId: request.requestId,
    eventType: 'notificationRequested',
    source: sourceOf(message),
    occurredAt: request.requestedAt,
    requestId: request.requestId,
    audienceKind: audience.kind,
    audienceKeys: audience.keys,
    params: [],
    movie,
    templates: [template],
    digest: digestOf(request),
    part: 0,
    redriven: message.redriven,
  } as const;
  yield* listed ? direct(context, command) : broadcast(context, command);
}
