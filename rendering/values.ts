import type {
  CommandParam,
  EventType,
  Movie,
  NotifyCommand,
} from '../schemas/generated/records.ts';
import { isEnglish } from './language.ts';

/** Values by the names that templates write. */
export type RenderContext = Readonly<Record<string, string>>;

/** What a template may name beside the person and the movie: the values of the event itself. */
export const eventNames = {
  episodeReleased: ['season', 'episode', 'episode_title'],
  movieAdded: [],
  commentReplied: ['reply_author_name', 'reply_text', 'comment_text'],
  notificationRequested: [],
} as const satisfies Readonly<Record<EventType, readonly string[]>>;

/** The values of an event as a command carries them: each name of it, and no other. */
export function eventParams<E extends EventType>(
  eventType: E,
  values: Readonly<Record<(typeof eventNames)[E][number], string>>,
): readonly CommandParam[] {
  const named: RenderContext = values;
  return eventNames[eventType].map((name) => ({ name, value: named[name] ?? '' }));
}

function movieValues(movie: Movie | null, locale: string): RenderContext {
  if (movie === null) return {};
  const { title, englishTitle } = movie;
  const hasEnglish = englishTitle !== null && englishTitle.trim() !== '';
  return {
    movie_title: hasEnglish && isEnglish(locale) ? englishTitle : title,
    movie_year: String(movie.year),
    ...(movie.description === null ? {} : { movie_description: movie.description }),
  };
}

/** What a template may name beside the person: the same for all readers of a language. */
export function sharedValues(
  command: Pick<NotifyCommand, 'movie' | 'params' | 'occurredAt'>,
  locale: string,
): RenderContext {
  const params = command.params.map(({ name, value }) => [name, value] as const);
  return {
    event_date: new Date(command.occurredAt).toISOString(),
    ...Object.fromEntries(params),
    ...movieValues(command.movie, locale),
  };
}

/** The name under which a template addresses the reader. */
export const readerName = 'user_full_name';
