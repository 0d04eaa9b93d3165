import type { Database } from '../../runtime/postgres.ts';
import type { Erasure } from '../../schemas/generated/records.ts';
import { id, type Mapped, time, toRow } from './cells.ts';
import type { Move } from './write-rows.ts';

export type ErasureRow = { readonly user_id: string; readonly erased_at: string };

export function erasureRow(value: Erasure): Mapped<ErasureRow> {
  return toRow({ user_id: id(value.userId), erased_at: time(value.erasedAt) });
}

/**
 * Moves the offset, and takes names, addresses and texts of these people out of all tables: both or
 * neither. False, with nothing done, when the offset is not where the caller thinks it is.
 */
export async function erasePeople(
  database: Database,
  { topic, partition, generation, fromOffset, toOffset }: Move,
  rows: readonly ErasureRow[],
): Promise<boolean> {
  const [done] = await database.query<{ moved: boolean }>`
    select erase_people(${topic}, ${partition}, ${generation}, ${fromOffset}, ${toOffset},
      ${JSON.stringify(rows)}::text::json) as moved`;
  return done?.moved === true;
}
