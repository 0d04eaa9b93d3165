import { isUnreadable } from '../../runtime/table.ts';
import type { NotificationRequested } from '../../schemas/generated/records.ts';
import { idCharacter, maxIdLength } from '../api/schemas.ts';
import { badRequest, notFound, type Outcome, type Problem } from '../http/problem.ts';
import { type GatewayTables, notReadable } from '../read/tables.ts';

/** More people than this are an audience, not a list; also what fits into the body. */
export const maxUserIds = 10_000;

/** Who is to be written to, in the words of the API: a list or an audience, never both. */
export type Naming = {
  readonly user_ids?: string | readonly string[];
  readonly audience?: string;
};

type People = Pick<NotificationRequested, 'userIds' | 'audience'>;

const idPattern = new RegExp(`^${idCharacter}+$`);

const wrong = (message: string): { ok: false; problem: Problem } => ({
  ok: false,
  problem: badRequest({ field: 'user_ids', message }),
});

function listed(text: string | readonly string[]): Outcome<readonly string[]> {
  const parts = typeof text === 'string' ? text.split(',') : text;
  const ids = new Set(parts.map((part) => part.trim()).filter((part) => part !== ''));
  if (ids.size === 0) return wrong('names nobody');
  if (ids.size > maxUserIds) return wrong(`names more than ${maxUserIds} people`);
  for (const id of ids) {
    if (id.length <= maxIdLength && idPattern.test(id)) continue;
    const limits = `${maxIdLength} characters, none of them control characters`;
    return wrong(`holds an id that is not at most ${limits}`);
  }
  return { ok: true, value: [...ids] };
}

/** Who is named, as a request's record has it; 400 when it is nobody. */
export function namedPeople({ user_ids: userIds = [], audience }: Naming): Outcome<People> {
  if (audience !== undefined) return { ok: true, value: { userIds: [], audience } };
  const ids = listed(userIds);
  return ids.ok ? { ok: true, value: { userIds: ids.value, audience: null } } : ids;
}

/** Every movie that a request names must be there: the one of the text and the audience's. */
export function movieProblem(
  { movie_id: movieId, audience }: Naming & { readonly movie_id?: string },
  movies: GatewayTables['movies'],
): Problem | null {
  const followed = /^movie:(.+)$/s.exec(audience ?? '')?.[1];
  for (const id of [movieId, followed]) {
    if (id === undefined) continue;
    const row = movies.get(id);
    if (isUnreadable(row)) return notReadable('movies', id, row);
    if (!row) return notFound(`There is no movie ${id}.`);
  }
  return null;
}
