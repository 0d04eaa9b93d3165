import { foldedText, foldedWords, phoneTail } from '../../runtime/folded-text.ts';
import type { Database } from '../../runtime/postgres.ts';
import type { User } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import { beginning, id, type Mapped, toRow } from './cells.ts';
import type { Place } from './rows.ts';
import type { Move } from './write-rows.ts';

/** What people are looked for by; `gone`: there is nothing to be found any more. */
export type PersonRow = {
  readonly user_id: string;
  readonly noted_offset: number;
  readonly gone: boolean;
  readonly full_name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly folded_name: string;
  readonly folded_email: string | null;
  readonly phone_tail: string | null;
};

/** Cut, so that every row has its place in the indexes. */
const maxNameChars = 250;
const name = (value: string) => beginning(value, maxNameChars) ?? '';
const address = (value: string | null) => beginning(value, limits.addressChars);

export function personRow(value: User, { offset }: Place): Mapped<PersonRow> {
  const { email, phone } = value;
  return toRow({
    user_id: id(value.id),
    noted_offset: offset,
    gone: false,
    full_name: name(value.fullName),
    email: address(email),
    phone: address(phone),
    folded_name: name(foldedWords(value.fullName)),
    folded_email: address(email === null ? null : foldedText(email)),
    phone_tail: phone === null ? null : phoneTail(phone),
  });
}

/** A row was deleted, or nobody can read it: who it was about is not to be found by what it was. */
export function goneRow(key: string, { offset }: Place): Mapped<PersonRow> {
  return toRow({
    user_id: id(key),
    noted_offset: offset,
    gone: true,
    full_name: '',
    email: null,
    phone: null,
    folded_name: '',
    folded_email: null,
    phone_tail: null,
  });
}

/**
 * Moves the offset, and keeps of each person what their newest row says: both or neither. False,
 * with nothing done, when the offset is not where the caller thinks it is.
 */
export async function writePeople(
  database: Database,
  { topic, partition, generation, fromOffset, toOffset }: Move,
  rows: readonly PersonRow[],
): Promise<boolean> {
  const moved = await database.query<{ generation: number }>`
    with moved as (
      update projected_offsets set next_offset = ${toOffset}
      where topic = ${topic} and partition = ${partition}
        and generation = ${generation} and next_offset = ${fromOffset}
      returning generation
    ), newest as (
      select distinct on (user_id) row.* from moved,
        json_to_recordset(${JSON.stringify(rows)}::text::json) as row (user_id text,
          noted_offset bigint, gone boolean, full_name text, email text, phone text,
          folded_name text, folded_email text, phone_tail text)
      order by user_id, noted_offset desc
    ), deleted as (
      delete from people using newest where newest.gone and people.user_id = newest.user_id
    ), kept as (
      insert into people (user_id, full_name, email, phone, folded_name, folded_email, phone_tail)
      select user_id, full_name, email, phone, folded_name, folded_email, phone_tail
      from newest where not gone order by user_id
      on conflict (user_id) do update set full_name = excluded.full_name, email = excluded.email,
        phone = excluded.phone, folded_name = excluded.folded_name,
        folded_email = excluded.folded_email, phone_tail = excluded.phone_tail
    )
    select generation from moved`;
  return moved.length > 0;
}
