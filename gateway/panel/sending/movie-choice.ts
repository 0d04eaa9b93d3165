import type { Clock } from '../../../runtime/clock.ts';
import { readableIn } from '../../../runtime/table.ts';
import type { Movie } from '../../../schemas/generated/records.ts';
import { searchMovies } from '../../read/movie-search.ts';
import type { GatewayTables } from '../../read/tables.ts';
import type { Words } from '../words/words.ts';
import type { MovieField, SendForm } from './form.ts';

/** As many as are seen at once; as long as nobody looks for one, a few that show what it is. */
const maxShown = 6;
const maxUnasked = 3;

type Searching = {
  readonly movies: GatewayTables['movies'];
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

function movieView(movie: Movie, chosenId: string, language: Words['language']) {
  const { id, title, englishTitle, year, genres } = movie;
  return {
    id,
    title: language === 'en' ? (englishTitle ?? title) : title,
    about: [String(year), genres.join(', ')].filter((each) => each !== '').join(' · '),
    chosen: id === chosenId,
  };
}

/** The movies to choose from at one place of the form: the chosen one first, then what is found. */
export async function movieChoice(
  form: SendForm,
  field: MovieField,
  words: Words,
  { movies, clock, signal }: Searching,
) {
  const { id, search } = form.movies[field];
  const chosen = id === '' ? undefined : readableIn(movies.get(id));
  const limit = search === '' ? maxUnasked : maxShown;
  const found = await searchMovies(movies, search, { limit, clock, signal });
  const others = found.movies.filter((movie) => movie.id !== chosen?.id);
  const shown = [...(chosen ? [chosen] : []), ...others];
  const { choice } = words.sending;
  return {
    field,
    name: `${field}_id`,
    words: choice,
    label: choice.labels[field],
    // Whoever chose a movie for the text may want none after all.
    isOptional: field === 'about',
    isNoneChosen: chosen === undefined,
    movies: shown.map((movie) => movieView(movie, chosen?.id ?? '', words.language)),
    more: found.hasMore ? (search === '' ? choice.first : choice.more) : null,
    isEmpty: shown.length === 0,
  };
}
