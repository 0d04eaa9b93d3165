import type { Clock } from '../../runtime/clock.ts';
import { foldedText } from '../../runtime/folded-text.ts';
import { type Found, readableIn } from '../../runtime/table.ts';
import type { Movie } from '../../schemas/generated/records.ts';

/** Movies that were found, and whether there are more. */
export type FoundMovies = { readonly movies: readonly Movie[]; readonly hasMore: boolean };

type MovieRows = { rows(): Iterable<Found<Movie>> };

/** What others who share the event loop wait for. */
const turnMs = 8;
/** Rows between two looks at the clock. */
const rowsPerLook = 100;
/** Who types waits no longer; what was found until then is shown. */
const deadlineMs = 2000;

/** Whether a movie is what somebody looks for: by a part of its titles, or by its id. Pure. */
export function isWanted({ id, title, englishTitle }: Movie, wanted: string): boolean {
  if (id === wanted.trim()) return true;
  const part = foldedText(wanted);
  return [title, englishTitle ?? ''].some((each) => foldedText(each).includes(part));
}

/** Takes turns with others, and ends early when nobody waits any more or it takes too long. */
async function* inTurns(rows: Iterable<Found<Movie>>, clock: Clock, signal: AbortSignal) {
  const startedAtMs = clock.nowMs();
  let turnEndsAtMs = startedAtMs + turnMs;
  let untilLook = rowsPerLook;
  for (const row of rows) {
    yield row;
    untilLook -= 1;
    if (untilLook > 0) continue;
    untilLook = rowsPerLook;
    if (clock.nowMs() < turnEndsAtMs) continue;
    await clock.sleep(0);
    if (signal.aborted || clock.nowMs() > startedAtMs + deadlineMs) return;
    turnEndsAtMs = clock.nowMs() + turnMs;
  }
}

/** The first movies that match, in the order of the table. */
export async function searchMovies(
  movies: MovieRows,
  wanted: string,
  options: { readonly limit: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<FoundMovies> {
  const { limit, clock, signal } = options;
  const found: Movie[] = [];
  for await (const row of inTurns(movies.rows(), clock, signal)) {
    const movie = readableIn(row);
    if (!movie || !isWanted(movie, wanted)) continue;
    if (found.length === limit) return { movies: found, hasMore: true };
    found.push(movie);
  }
  return { movies: found, hasMore: false };
}
