import type { Database } from '../../runtime/postgres.ts';
import { type Fragment, sql } from '../../runtime/sql.ts';
import { type ErasureRow, erasePeople } from './erase-people.ts';
import type { FannedOutRow } from './fanned-out-rows.ts';
import { counted } from './minute-counts.ts';
import { type PersonRow, writePeople } from './person-rows.ts';
import type { RowKind, RowKinds } from './projections.ts';
import { writeFannedOut } from './write-fanned-out.ts';

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
 * All but erasures, which empty what is there, people, of whom only the newest row counts, and what
 * comes by the million.
 */
type AddedKind = Exclude<RowKind, 'erasure' | 'person' | 'fannedOut'>;

/** Rows as they are added to their own table. */
const addedRows = (json: string) =>
  ({
    request: sql`insert into requests select row.* from moved,
      json_populate_recordset(null::requests, ${json}::text::json) as row
      on conflict do nothing returning *`,
    event: sql`insert into events select row.* from moved,
      json_populate_recordset(null::events, ${json}::text::json) as row
      on conflict do nothing returning *`,
    // An event that is sent back has a newer command, which is the one that counts.
    fanOutCommand: sql`insert into fan_out_commands as known
      select distinct on (event_type, event_id, partition) row.* from moved,
        json_populate_recordset(null::fan_out_commands, ${json}::text::json) as row
      order by event_type, event_id, partition, noted_offset desc
      on conflict (event_type, event_id, partition) do update set
        command_offset = excluded.command_offset, noted_offset = excluded.noted_offset`,
    // Of an erased person without name, address and text (migration 007).
    notification: sql`insert into notifications (notification_id, event_id, event_type, request_id,
        user_id, channel, template_id, template_version, locale, address, recipient_name, subject,
        body, source_topic, source_partition, source_offset, user_offset, preference_offset,
        occurred_at, written_at)
      select notification_id, event_id, event_type, request_id,
        row.user_id, channel, template_id, template_version, locale,
        case when erased_at is null then address else '' end,
        case when erased_at is null then recipient_name else '' end,
        case when erased_at is null then subject end,
        case when erased_at is null then body else '' end,
        source_topic, source_partition, source_offset, user_offset, preference_offset,
        occurred_at, written_at
      from moved, json_populate_recordset(null::notifications, ${json}::text::json) as row
        left join erasures on erasures.user_id = row.user_id
      on conflict do nothing returning *`,
    decision: sql`insert into decisions (notification_id, event_id, event_type, request_id, user_id,
        channel, template_id, reason, detail, source_topic, source_partition, source_offset,
        occurred_at, written_at)
      select notification_id, event_id, event_type, request_id, row.user_id,
        channel, template_id, reason, case when erased_at is null then detail end,
        source_topic, source_partition, source_offset, occurred_at, written_at
      from moved, json_populate_recordset(null::decisions, ${json}::text::json) as row
        left join erasures on erasures.user_id = row.user_id
      on conflict do nothing returning *`,
    deliveryEvent: sql`insert into delivery_events (partition, generation, record_offset,
        notification_id, request_id, user_id, channel, kind, attempt, provider_id, code, reason,
        retry_after_ms, source_topic, source_partition, source_offset, happened_at)
      select row.partition, row.generation, record_offset, notification_id, request_id, row.user_id,
        channel, kind, attempt, provider_id, code, case when erased_at is null then reason end,
        retry_after_ms, source_topic, source_partition, source_offset, happened_at
      from moved, json_populate_recordset(null::delivery_events, ${json}::text::json) as row
        left join erasures on erasures.user_id = row.user_id
      on conflict do nothing returning *`,
    deadLetter: sql`insert into dead_letters select row.* from moved,
      json_populate_recordset(null::dead_letters, ${json}::text::json) as row
      on conflict do nothing`,
    redrive: sql`insert into redrives select row.* from moved,
      json_populate_recordset(null::redrives, ${json}::text::json) as row
      on conflict do nothing`,
    audit: sql`insert into audit_entries select row.* from moved,
      json_populate_recordset(null::audit_entries, ${json}::text::json) as row
      on conflict do nothing`,
  }) satisfies Record<AddedKind, Fragment>;

/** What was planned becomes the upper half of its progress: a notification, else a decision. */
function planned(decision: Fragment, rendered: boolean): Fragment {
  return sql`insert into notification_progress as known (notification_id, request_id, user_id,
      channel, template_id, occurred_at, event_type, rendered, decision)
    select notification_id, request_id, user_id, channel, template_id, occurred_at, event_type,
      ${rendered}::boolean, ${decision}
    from added order by notification_id
    on conflict (notification_id) do update set request_id = excluded.request_id,
      user_id = excluded.user_id, channel = excluded.channel,
      template_id = excluded.template_id, occurred_at = excluded.occurred_at,
      event_type = excluded.event_type, rendered = excluded.rendered,
      decision = excluded.decision
    where not known.rendered and (excluded.rendered or known.decision is null)`;
}

/** The newest event of each notification becomes the lower half. */
const newest = sql`insert into notification_progress as known (notification_id, request_id, user_id,
    channel, occurred_at, kind, attempt, provider_id, reason, happened_at, event_generation,
    event_offset, event_partition)
  select distinct on (notification_id) notification_id, request_id, user_id, channel,
    happened_at, kind, attempt, provider_id, reason, happened_at, generation,
    record_offset, partition
  from added order by notification_id, record_offset desc
  on conflict (notification_id) do update set kind = excluded.kind,
    attempt = excluded.attempt, provider_id = excluded.provider_id, reason = excluded.reason,
    happened_at = excluded.happened_at, event_generation = excluded.event_generation,
    event_offset = excluded.event_offset, event_partition = excluded.event_partition,
    occurred_at = case when known.rendered or known.decision is not null
      then known.occurred_at else excluded.occurred_at end
  where known.kind is null
    or (excluded.event_generation, excluded.event_offset, excluded.event_partition)
    > (known.event_generation, known.event_offset, known.event_partition)`;

/** What of the added rows is counted by the minute; null: they are not counted. */
const happenings = {
  request: sql`select requested_at as at, 'event' as what, '' as channel from added`,
  event: sql`select written_at as at, 'event' as what, '' as channel from added`,
  notification: sql`select written_at as at, 'notification' as what, channel from added`,
  decision: sql`select written_at as at, 'suppressed' as what, coalesce(channel, '') as channel
    from added`,
  fanOutCommand: null,
  deliveryEvent: sql`select happened_at as at, channel,
    case kind when 'accepted' then 'delivered' else kind end as what
    from added where kind in ('accepted', 'rejected', 'unknown', 'deadLettered')`,
  deadLetter: null,
  redrive: null,
  audit: null,
} satisfies Record<AddedKind, Fragment | null>;

/** What else the added rows change. */
function consequences(kind: AddedKind, move: Move): readonly Fragment[] {
  const happened = happenings[kind];
  const counts = happened === null ? [] : [counted(happened, move)];
  switch (kind) {
    case 'notification':
      return [sql`planned as (${planned(sql`null`, true)})`, ...counts];
    case 'decision':
      return [sql`planned as (${planned(sql`reason`, false)})`, ...counts];
    case 'deliveryEvent':
      return [sql`newest as (${newest})`, ...counts];
    case 'request':
    case 'event':
    case 'fanOutCommand':
    case 'deadLetter':
    case 'redrive':
    case 'audit':
      return counts;
  }
}

/**
 * Moves the offset and writes the rows in one statement, which is one transaction: both are there
 * or neither. False, with nothing written, when the offset is not where the caller thinks it is:
 * somebody else projects the partition. The row of the offset stays locked until the end, so two
 * writers of one partition wait for each other; progress is written in the order of the ids, so
 * writers of different topics do not wait for each other in a circle.
 */
export async function writeRows(database: Database, move: Move, rows: Rows): Promise<boolean> {
  const { topic, partition, generation, fromOffset, toOffset } = move;
  const { kind } = rows;
  if (kind === 'erasure') return erasePeople(database, move, rows.rows as readonly ErasureRow[]);
  if (kind === 'person') return writePeople(database, move, rows.rows as readonly PersonRow[]);
  if (kind === 'fannedOut') {
    return writeFannedOut(database, move, rows.rows as readonly FannedOutRow[]);
  }
  const added = addedRows(JSON.stringify(rows.rows))[kind];
  const rest = consequences(kind, move).reduce((all, each) => sql`${all}, ${each}`, sql``);
  const moved = await database.query<{ generation: number }>`
    with moved as (
      update projected_offsets set next_offset = ${toOffset}
      where topic = ${topic} and partition = ${partition}
        and generation = ${generation} and next_offset = ${fromOffset}
      returning generation
    ), added as (${added})${rest}
    select generation from moved`;
  return moved.length > 0;
}
