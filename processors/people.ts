import type { Row, Table } from '../runtime/table.ts';
import type { NotifyCommand, User } from '../schemas/generated/records.ts';

/** What users are found by: a command's audience asks for words of these fields. */
export const interests = { followedMovieIds: 'movie:', followedGenres: 'genre:' } as const;

/** Someone a command is for; `row` is missing when nobody has the listed id. */
export type Person = {
  readonly userId: string;
  readonly row: Row<User> | undefined;
  /** The place behind this person, to resume from. */
  readonly cursor: string;
};

function* listed(users: Table<User>, ids: readonly string[], resumeAfter: string | null) {
  const first = resumeAfter === null ? 0 : Number(resumeAfter) + 1;
  for (const [index, userId] of ids.entries()) {
    if (index >= first) yield { userId, row: users.get(userId), cursor: String(index) };
  }
}

function* rows(found: Iterable<Row<User>>): Iterable<Person> {
  for (const row of found) yield { userId: row.key, row, cursor: row.key };
}

/** The words by which an audience is found; null when it is not found by words. */
export function wordsOf({ audienceKind, audienceKeys }: NotifyCommand): readonly string[] | null {
  switch (audienceKind) {
    case 'movieFollowers':
      return audienceKeys.map((movieId) => `${interests.followedMovieIds}${movieId}`);
    case 'genreFollowers':
      return audienceKeys.map((genre) => `${interests.followedGenres}${genre}`);
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
  command: NotifyCommand,
  users: Table<User>,
  resumeAfter: string | null,
): Iterable<Person> {
  const after = resumeAfter ?? undefined;
  switch (command.audienceKind) {
    case 'listed':
      return listed(users, command.audienceKeys, resumeAfter);
    case 'everyone':
      return rows(users.rows(after));
    case 'movieFollowers':
    case 'genreFollowers':
      return rows(users.rowsWith(wordsOf(command) ?? [], after));
  }
}
