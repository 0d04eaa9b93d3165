-- People who were erased. A notification or a decision of theirs is written without name, address
-- and text, whether it comes before or behind their erasure, also when all is rebuilt.
create table erasures (
  user_id text primary key,
  erased_at timestamptz not null
);

-- Moves the offset, notes the people and empties what is there of them. The lock waits for those
-- who write rows at this moment and holds up those who come: they see the note, or are seen here.
-- A statement takes the locks of its tables before it takes its snapshot.
create function erase_people(
  of_topic text, of_partition int, of_generation int, from_offset bigint, to_offset bigint,
  people json
) returns boolean language plpgsql as $erase$
begin
  lock table notifications, decisions, delivery_events in share row exclusive mode;
  update projected_offsets set next_offset = to_offset
  where topic = of_topic and partition = of_partition
    and generation = of_generation and next_offset = from_offset;
  if not found then return false; end if;
  insert into erasures select row.* from json_populate_recordset(null::erasures, people) as row
  on conflict (user_id) do update set erased_at = excluded.erased_at;
  create temporary table erased_ids on commit drop as
    select notification_id from notification_progress
    where user_id in (select user_id from json_populate_recordset(null::erasures, people));
  update notifications set address = '', recipient_name = '', subject = null, body = ''
  where notification_id in (select notification_id from erased_ids);
  update decisions set detail = null
  where notification_id in (select notification_id from erased_ids);
  update delivery_events set reason = null
  where notification_id in (select notification_id from erased_ids);
  update notification_progress set reason = null
  where notification_id in (select notification_id from erased_ids);
  return true;
end $erase$;
