import type { Database } from '../../runtime/postgres.ts';
import { type Fragment, sql } from '../../runtime/sql.ts';
import { type FannedOutArrays, type FannedOutRow, fannedOutArrays } from './fanned-out-rows.ts';
import { counted } from './minute-counts.ts';
import type { Move } from './write-rows.ts';

const movedBy = ({ topic, partition, generation, fromOffset, toOffset }: Move): Fragment => sql`
  moved as (
    update projected_offsets set next_offset = ${toOffset}
    where topic = ${topic} and partition = ${partition}
      and generation = ${generation} and next_offset = ${fromOffset}
    returning generation
  )`;

const headsOf = ({ heads }: FannedOutArrays): Fragment => sql`
  heads as materialized (
    select * from json_to_recordset(${heads}::text::json) as head (
      place int, event_id text, event_type text, request_id text, channel text, template_id text,
      template_version int, occurred_at timestamptz, source_topic text, source_partition int,
      source_offset bigint)
  )`;

/** Of an id that comes twice in one statement the first; of one that is known, nothing. */
const addedBy = (arrays: FannedOutArrays, { partition }: Move): Fragment => sql`
  added as (
    insert into notification_progress as known (notification_id, request_id, user_id, channel,
      template_id, occurred_at, event_type, rendered, event_id, lane_partition, lane_offset,
      written_at)
    select distinct on (notification_id) notification_id, request_id, user_id, channel,
      template_id, occurred_at, event_type, true, event_id, ${partition}::int, lane_offset,
      written_at
    from moved, unnest(
        ${arrays.notificationIds}::text::uuid[], ${arrays.userIds}::text::text[],
        ${arrays.offsets}::text::bigint[], ${arrays.writtenAt}::text::timestamptz[],
        ${arrays.places}::text::int[]
      ) as given (notification_id, user_id, lane_offset, written_at, place)
      join heads using (place)
    order by notification_id, lane_offset
    on conflict (notification_id) do update set request_id = excluded.request_id,
      user_id = excluded.user_id, channel = excluded.channel,
      template_id = excluded.template_id, occurred_at = excluded.occurred_at,
      event_type = excluded.event_type, rendered = true, decision = null,
      event_id = excluded.event_id, lane_partition = excluded.lane_partition,
      lane_offset = excluded.lane_offset, written_at = excluded.written_at
    where not known.rendered
    returning event_type, event_id, channel, template_id, written_at
  )`;

const fannedOutBy = ({ topic, partition }: Move): Fragment => sql`
  fanned_out as (
    insert into fan_out_counts as known (event_type, event_id, topic, partition, channel,
      template_id, written, first_written_at, last_written_at, template_version, occurred_at,
      source_topic, source_partition, source_offset)
    select event_type, event_id, ${topic}::text, ${partition}::int, counts.channel, template_id,
      written, first_written_at, last_written_at, template_version, occurred_at, source_topic,
      source_partition, source_offset
    from (
      select event_type, event_id, channel, template_id, count(*) as written,
        min(written_at) as first_written_at, max(written_at) as last_written_at
      from added group by event_type, event_id, channel, template_id
    ) counts join (
      select distinct on (event_type, event_id, template_id) * from heads
      order by event_type, event_id, template_id, place
    ) head using (event_type, event_id, template_id)
    order by event_type, event_id, template_id
    on conflict (event_type, event_id, topic, partition, template_id) do update set
      written = known.written + excluded.written,
      last_written_at = greatest(known.last_written_at, excluded.last_written_at),
      template_version = coalesce(known.template_version, excluded.template_version),
      occurred_at = coalesce(known.occurred_at, excluded.occurred_at),
      source_topic = coalesce(known.source_topic, excluded.source_topic),
      source_partition = coalesce(known.source_partition, excluded.source_partition),
      source_offset = coalesce(known.source_offset, excluded.source_offset)
  )`;

/**
 * Moves the offset and writes what fan-outs wrote, as `writeRows` does for all else: in one
 * transaction, in the order of the ids. False, with nothing written, when the offset is elsewhere.
 */
export async function writeFannedOut(
  database: Database,
  move: Move,
  rows: readonly FannedOutRow[],
): Promise<boolean> {
  const arrays = fannedOutArrays(rows);
  const happened = sql`select written_at as at, 'notification' as what, channel from added`;
  const moved = await database.query<{ generation: number }>`
    with ${movedBy(move)}, ${headsOf(arrays)}, ${addedBy(arrays, move)}, ${fannedOutBy(move)},
      ${counted(happened, move)}
    select generation from moved`;
  return moved.length > 0;
}
