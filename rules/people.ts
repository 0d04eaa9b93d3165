import { type Found, isUnreadable, type Table, wordOf, wordsIn } from '../runtime/table.ts';
import type { NotifyCommand, User } from '../schemas/generated/records.ts';

/**
 * What users are found by: a command's audience asks for words of these fields. An id is its bytes;
 * a genre is a word, which a Mac, say, writes with accents of their own.
 */
export const interests = {
  followedMovieIds: { prefix: 'movie:', form: 'bytes' },
  followedGenres: { prefix: 'genre:', form: 'nfc' },
} as const;

/** Who a command is for, as far as people are found by it. */
export type Audience = Pick<NotifyCommand, 'audienceKind' | 'audienceKeys'>;

/** Someone a command is for; `row` is missing when nobody has the listed id. */
export type Person = {
  readonly userId: string;
  readonly row: Found<User> | undefined;
  /** The place behind this person, to resume from. */
  readonly cursor: string;
};

/**
 * How places are written down: as an index of a list or as a row's key, after the number of this
 * layout, so that a place of one kind is never taken for one of another.
 */
const inList = '1:list:';
const inRows = '1:row:';

/** The place behind a person in the order of rows. */
export const rowCursor = (key: string): string => `${inRows}${key}`;

function placeIn(cursor: string | null, kind: string): string | null {
  return cursor?.startsWith(kind) ? cursor.slice(kind.length) : null;
}

/** The key that a place in the order of rows is behind; undefined where there is none. */
export const keyBefore = (cursor: string | null): string | undefined =>
  placeIn(cursor, inRows) ?? undefined;

function* listed(users: Table<User>, ids: readonly string[], resumeAfter: string | null) {
  const last = placeIn(resumeAfter, inList);
  const first = last === null ? 0 : Number(last) + 1;
  for (const [index, userId] of ids.entries()) {
    if (index >= first) yield { userId, row: users.get(userId), cursor: `${inList}${index}` };
  }
}

function* rows(found: Iterable<Found<User>>, command: Audience): Iterable<Person> {
  for (const row of found) {
    if (isInAudience(row, command)) yield { userId: row.key, row, cursor: rowCursor(row.key) };
  }
}

/**
 * Whether a row that was found for a command's audience is of it: one that could not be read when
 * it came is found for every audience, and its schema may have become known since.
 */
export function isInAudience(row: Found<User> | undefined, command: Audience): boolean {
  if (row === undefined || isUnreadable(row)) return true;
  const words = wordsOf(command);
  return words === null || wordsIn(row.value, interests).some((word) => words.includes(word));
}

/** The words by which an audience is found; null when it is not found by words. */
export function wordsOf({ audienceKind, audienceKeys }: Audience): readonly string[] | null {
  switch (audienceKind) {
    case 'movieFollowers':
      return audienceKeys.map((movieId) => wordOf(interests.followedMovieIds, movieId));
    case 'genreFollowers':
      return audienceKeys.map((genre) => wordOf(interests.followedGenres, genre));
    case 'listed':
    case 'everyone':
      return null;
  }
}

/**
 * The people of a command in this partition, in an order that never changes, from behind a
 * cursor. Nobody comes twice, however often the work is interrupted and whatever changes in the
 * table meanwhile: each person has one place in the order, and whether they belong to the audience
 * is looked up when their place is reached.
 */
export function peopleOf(
  command: Audience,
  users: Table<User>,
  resumeAfter: string | null,
): Iterable<Person> {
  const after = keyBefore(resumeAfter);
  switch (command.audienceKind) {
    case 'listed':
      return listed(users, command.audienceKeys, resumeAfter);
    case 'everyone':
      return rows(users.rows(after), command);
    case 'movieFollowers':
    case 'genreFollowers':
      return rows(users.rowsWith(wordsOf(command) ?? [], after), command);
  }
}
