import type { ErrorCode } from '../runtime/errors.ts';
import { entries, id, type Measured, tooLarge } from '../runtime/measured.ts';
import { describeUnreadable, isUnreadable, readableIn, type Table } from '../runtime/table.ts';
import type {
  AudienceKind,
  Movie,
  NotificationRequested,
  NotifyCommand,
  Template,
} from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import type { Objection } from './judge.ts';
import { partsOfMovie, partsOfTemplate, tooLargeCommand } from './sizes.ts';

/** What a request comes to, before anybody is looked up. */
export type RequestPlan =
  | { readonly kind: 'planned'; readonly command: PlannedCommand }
  /** Every listed person gets this decision. */
  | ({ readonly kind: 'declined' } & Objection)
  /** The request goes to the dead letters. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly reason: string };

/** The command of a request, but for what its record has beside its value. */
export type PlannedCommand = Omit<NotifyCommand, 'source' | 'digest' | 'part' | 'redriven'>;

type Audience = { readonly kind: AudienceKind; readonly keys: readonly string[] };
type Planning = {
  readonly movies: Pick<Table<Movie>, 'get'>;
  readonly templates: Pick<Table<Template>, 'get'>;
};

const refused = (code: ErrorCode, reason: string): RequestPlan => ({
  kind: 'refused',
  code,
  reason,
});

/** The people a request names; null when it names nobody, or an audience that we do not know. */
function audienceOf(request: Pick<NotificationRequested, 'userIds' | 'audience'>): Audience | null {
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

const unknownAudience = ({ audience, requestId }: NotificationRequested) =>
  audience === null
    ? `the request ${requestId} has no audience and no userIds`
    : `the audience "${audience}" of the request ${requestId}`;

type Subject = { readonly movie: Movie | null; readonly template: Template };

/** The template and the movie of a request. What is missing declines those who are listed. */
function subjectOf(
  request: NotificationRequested,
  { movies, templates }: Planning,
  listed: boolean,
): Subject | RequestPlan {
  const of = `the request ${request.requestId}`;
  const row = request.template === null ? templates.get(request.templateId) : undefined;
  const movieRow = request.movieId === null ? null : movies.get(request.movieId);
  const unreadable = [row, movieRow ?? undefined].find(isUnreadable);
  if (unreadable) {
    const detail = describeUnreadable(unreadable);
    if (!listed) return refused('ROW_UNREADABLE', `${detail}, of ${of}`);
    return { kind: 'declined', reason: 'rowUnreadable', detail };
  }
  const template = request.template ?? readableIn(row);
  if (!template || template.channel !== request.channel) {
    const detail = `template ${request.templateId} for ${request.channel}`;
    if (!listed) return refused('TEMPLATE_UNKNOWN', `${detail}, of ${of}`);
    return { kind: 'declined', reason: 'unknownTemplate', detail };
  }
  const long = tooLarge(`the template ${template.id}`, partsOfTemplate(template));
  if (long !== null) return refused('FIELD_TOO_LARGE', long);
  const movie = movieRow === null ? null : readableIn(movieRow);
  if (movie === undefined) {
    const detail = `movie ${request.movieId}`;
    if (!listed) return refused('MOVIE_UNKNOWN', `${detail} of ${of}`);
    return { kind: 'declined', reason: 'unknownMovie', detail };
  }
  return { movie, template };
}

/**
 * Plans an administrator's request. What is missing was there when the gateway looked, or the
 * request came another way: listed people get a decision each, a named audience a dead letter.
 */
export function planOf(request: NotificationRequested, tables: Planning): RequestPlan {
  const large = tooLarge('the request', partsOf(request));
  if (large !== null) return refused('FIELD_TOO_LARGE', large);
  const audience = audienceOf(request);
  if (!audience) return refused('AUDIENCE_UNKNOWN', unknownAudience(request));
  const subject = subjectOf(request, tables, audience.kind === 'listed');
  if ('kind' in subject) return subject;
  const { movie, template } = subject;
  const longMovie = movie && tooLarge(`the movie ${movie.id}`, partsOfMovie(movie));
  if (longMovie) return refused('FIELD_TOO_LARGE', longMovie);
  const command: PlannedCommand = {
    eventId: request.requestId,
    eventType: 'notificationRequested',
    occurredAt: request.requestedAt,
    requestId: request.requestId,
    audienceKind: audience.kind,
    audienceKeys: audience.keys,
    params: [],
    movie,
    templates: [template],
  };
  const largeCommand = tooLargeCommand(command);
  if (largeCommand !== null) return refused('FIELD_TOO_LARGE', largeCommand);
  return { kind: 'planned', command };
}
