import { isUnreadable } from '../../runtime/table.ts';
import type {
  Preference,
  SuppressedAddress,
  Suppression,
  User,
} from '../../schemas/generated/records.ts';
import { notFound, type Outcome } from '../http/problem.ts';
import { type GatewayTables, notReadable, notRestored, type TableSource } from '../read/tables.ts';

/** All that the tables say of one person. */
export type Person = {
  readonly id: string;
  /** Null where there are only wishes or suppressions left. */
  readonly user: User | null;
  readonly preference: Preference | null;
  readonly suppressions: readonly SuppressedAddress[];
};

type PersonTable = 'users' | 'preferences' | 'suppressions';

/** The row of a person in a table; null where there is none. */
function rowIn<Name extends PersonTable>(tables: GatewayTables, name: Name, id: string) {
  const row = tables[name].get(id);
  if (isUnreadable(row)) return { ok: false, problem: notReadable(name, id, row) } as const;
  return { ok: true, value: row?.value ?? null } as const;
}

/**
 * A person by id, as the topics have them now. 404 when no table knows the id. Wishes that are
 * about to be replaced need not be readable: `replacing` says so.
 */
export function personOf(
  source: TableSource,
  id: string,
  replacing: 'preferences' | null = null,
): Outcome<Person> {
  const tables = source.tables();
  if (!tables) return { ok: false, problem: notRestored(source.progress()) };
  const user = rowIn(tables, 'users', id);
  if (!user.ok) return user;
  const wishes = rowIn(tables, 'preferences', id);
  if (!wishes.ok && replacing === null) return wishes;
  const preference = wishes.ok ? (wishes.value as Preference | null) : null;
  const suppression = rowIn(tables, 'suppressions', id);
  if (!suppression.ok) return suppression;
  const isKnown = user.value !== null || !wishes.ok || preference !== null;
  if (!isKnown && suppression.value === null) {
    return { ok: false, problem: notFound(`There is no user ${id}.`) };
  }
  const suppressions = (suppression.value as Suppression | null)?.addresses ?? [];
  return { ok: true, value: { id, user: user.value as User | null, preference, suppressions } };
}
