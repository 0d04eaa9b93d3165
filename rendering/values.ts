import type { Movie, NotifyCommand } from '../schemas/generated/records.ts';
import { isEnglish } from './language.ts';

/** Values by the names that templates write. */
export type RenderContext = Readonly<Record<string, string>>;

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
  command: Pick<NotifyCommand, 'movie' | 'params'>,
  locale: string,
): RenderContext {
  const params = command.params.map(({ name, value }) => [name, value] as const);
  return { ...Object.fromEntries(params), ...movieValues(command.movie, locale) };
}

/** The name under which a template addresses the reader. */
export const readerName = 'user_full_name';
