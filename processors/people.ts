import type { Row, Table } from '../runtime/table.ts';
import type { NotifyCommand, User } from '../schemas/generated/records.ts';

/** Words that a user is found by: what a command's audience asks for. */
export const interest = {
  movie: (movieId: string) => `movie:${movieId}`,
  genre: (genre: string) => `genre:${genre}`,
} as const;

/** The words of the users table's index. */
export function interestsOf(user: User): readonly string[] {
  const movies = user.followedMovieIds.map(interest.movie);
  const genres = user.followedGenres.map(interest.genre);
  return [...new Set([...movies, ...genres])];
}

/** Someone a command is for; `row` is missing when nobody has the listed id. */
export type Person = {
  readonly userId: string;
  readonly row: Row<User> | undefined;
  /** The place behind this person, to resume from. */
  readonly cursor: string;
};

/** A place in an audience: which of its keys, and the last person that was done. */
type Place = { readonly keyIndex: number; readonly after: string | undefined };

const start: Place = { keyIndex: 0, after: undefined };
const toCursor = (keyIndex: number, userId: string) => `${keyIndex}|${userId}`;

function toPlace(cursor: string | null): Place {
  if (cursor === null) return start;
  const at = cursor.indexOf('|');
  return { keyIndex: Number(cursor.slice(0, at)), after: cursor.slice(at + 1) };
}

function* listed(users: Table<User>, ids: readonly string[], place: Place): Iterable<Person> {
  const first = place.after === undefined ? 0 : place.keyIndex + 1;
  for (const [index, userId] of ids.entries()) {
    if (index < first) continue;
    yield { userId, row: users.get(userId), cursor: toCursor(index, userId) };
  }
}

/** Someone who has several of the words is met at the first one only. */
function* withAnyWord(users: Table<User>, words: readonly string[], place: Place) {
  for (const [index, word] of words.entries()) {
    if (index < place.keyIndex) continue;
    const earlier = new Set(words.slice(0, index));
    const after = index === place.keyIndex ? place.after : undefined;
    for (const row of users.rowsWith(word, after)) {
      if (interestsOf(row.value).some((each) => earlier.has(each))) continue;
      yield { userId: row.key, row, cursor: toCursor(index, row.key) };
    }
  }
}

function* everyone(users: Table<User>, place: Place): Iterable<Person> {
  for (const row of users.rows(place.after)) {
    yield { userId: row.key, row, cursor: toCursor(0, row.key) };
  }
}

/**
 * The people of a command in this partition, in an order that never changes, from behind a
 * cursor. Nobody comes twice, however often the work is interrupted.
 */
export function peopleOf(
  command: NotifyCommand,
  users: Table<User>,
  resumeAfter: string | null,
): Iterable<Person> {
  const place = toPlace(resumeAfter);
  const keys = command.audienceKeys;
  switch (command.audienceKind) {
    case 'listed':
      return listed(users, keys, place);
    case 'movieFollowers':
      return withAnyWord(users, keys.map(interest.movie), place);
    case 'genreFollowers':
      return withAnyWord(users, keys.map(interest.genre), place);
    case 'everyone':
      return everyone(users, place);
  }
}
