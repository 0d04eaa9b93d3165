import type { Database } from '../../runtime/postgres.ts';
import type { RowKind, RowKinds } from './projections.ts';

/** How far a topic partition is projected, before the rows are written and after. */
export type Move = {
  readonly topic: string;
  readonly partition: number;
  readonly generation: number;
  readonly fromOffset: number;
  readonly toOffset: number;
};

/** Rows of one kind, in the order of their records. */
export type Rows = { readonly kind: RowKind; readonly rows: readonly RowKinds[RowKind][] };

/**
 * Moves the offset and writes the rows in one statement, which is one transaction: both are there
 * or neither. False, with nothing written, when the offset is not where the caller thinks it is:
 * somebody else projects the partition. The row of the offset stays locked until the end, so two
 * writers of one partition wait for each other; progress is written in the order of the ids, so
 * writers of different topics do not wait for each other in a circle.
 */
export async function writeRows(database: Database, move: Move, rows: Rows): Promise<boolean> {
  const { topic, partition, generation, fromOffset, toOffset } = move;
  const json = (kind: RowKind) => JSON.stringify(kind === rows.kind ? rows.rows : []);
  const moved = await database.query<{ generation: number }>`
    with moved as (
      update projected_offsets set next_offset = ${toOffset}
      where topic = ${topic} and partition = ${partition}
        and generation = ${generation} and next_offset = ${fromOffset}
      returning generation
    ), new_requests as (
      insert into requests select row.* from moved,
        json_populate_recordset(null::requests, ${json('request')}::text::json) as row
      on conflict do nothing
    ), new_notifications as (
      insert into notifications select row.* from moved,
        json_populate_recordset(null::notifications, ${json('notification')}::text::json) as row
      on conflict do nothing returning *
    ), new_decisions as (
      insert into decisions select row.* from moved,
        json_populate_recordset(null::decisions, ${json('decision')}::text::json) as row
      on conflict do nothing returning *
    ), planned as (
      insert into notification_progress as known (notification_id, request_id, user_id, channel,
        template_id, occurred_at, rendered, decision)
      select notification_id, request_id, user_id, channel, template_id, occurred_at, true, null
      from new_notifications union all
      select notification_id, request_id, user_id, channel, template_id, occurred_at, false, reason
      from new_decisions order by notification_id
      on conflict (notification_id) do update set request_id = excluded.request_id,
        user_id = excluded.user_id, channel = excluded.channel,
        template_id = excluded.template_id, occurred_at = excluded.occurred_at,
        rendered = excluded.rendered, decision = excluded.decision
      where not known.rendered and (excluded.rendered or known.decision is null)
    ), new_events as (
      insert into delivery_events select row.* from moved,
        json_populate_recordset(null::delivery_events, ${json('deliveryEvent')}::text::json) as row
      on conflict do nothing returning *
    ), new_dead_letters as (
      insert into dead_letters select row.* from moved,
        json_populate_recordset(null::dead_letters, ${json('deadLetter')}::text::json) as row
      on conflict do nothing
    ), new_redrives as (
      insert into redrives select row.* from moved,
        json_populate_recordset(null::redrives, ${json('redrive')}::text::json) as row
      on conflict do nothing
    ), newest as (
      insert into notification_progress as known (notification_id, request_id, user_id, channel,
        occurred_at, kind, attempt, provider_id, reason, happened_at, event_generation,
        event_offset, event_partition)
      select distinct on (notification_id) notification_id, request_id, user_id, channel,
        happened_at, kind, attempt, provider_id, reason, happened_at, generation,
        record_offset, partition
      from new_events order by notification_id, record_offset desc
      on conflict (notification_id) do update set kind = excluded.kind,
        attempt = excluded.attempt, provider_id = excluded.provider_id, reason = excluded.reason,
        happened_at = excluded.happened_at, event_generation = excluded.event_generation,
        event_offset = excluded.event_offset, event_partition = excluded.event_partition,
        occurred_at = case when known.rendered or known.decision is not null
          then known.occurred_at else excluded.occurred_at end
      where known.kind is null
        or (excluded.event_generation, excluded.event_offset, excluded.event_partition)
        > (known.event_generation, known.event_offset, known.event_partition)
    )
    select generation from moved`;
  return moved.length > 0;
}
