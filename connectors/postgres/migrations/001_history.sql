-- The history of requests and notifications: a projection of topics. Every row is written from a
-- record and can be written again, so these tables may be dropped; the next start rebuilds them.

-- How far each topic partition is projected; moved in the same transaction as the rows.
create table projected_offsets (
  topic text not null,
  partition int not null,
  next_offset bigint not null,
  primary key (topic, partition)
);

create table requests (
  request_id text primary key,
  channel text not null,
  template_id text not null,
  movie_id text,
  user_ids text[] not null,
  audience text,
  requested_by text not null,
  requested_at timestamptz not null
);

create table notifications (
  notification_id uuid primary key,
  event_id text not null,
  event_type text not null,
  request_id text,
  user_id text not null,
  channel text not null,
  template_id text not null,
  template_version int not null,
  locale text not null,
  address text not null,
  recipient_name text not null,
  subject text,
  body text not null,
  source_topic text not null,
  source_partition int not null,
  source_offset bigint not null,
  occurred_at timestamptz not null
);
create index notifications_by_request on notifications (request_id) where request_id is not null;
create index notifications_by_user on notifications (user_id, occurred_at desc);

create table decisions (
  notification_id uuid primary key,
  event_id text not null,
  event_type text not null,
  request_id text,
  user_id text not null,
  channel text,
  template_id text,
  reason text not null,
  detail text,
  source_topic text not null,
  source_partition int not null,
  source_offset bigint not null,
  occurred_at timestamptz not null
);
create index decisions_by_request on decisions (request_id) where request_id is not null;
create index decisions_by_user on decisions (user_id, occurred_at desc);

-- What the connectors reported, one row for each record of the delivery-events topic.
create table delivery_events (
  partition int not null,
  record_offset bigint not null,
  notification_id uuid not null,
  kind text not null,
  attempt int not null,
  provider_id text,
  code text,
  reason text,
  retry_after_ms bigint,
  happened_at timestamptz not null,
  primary key (partition, record_offset)
);
create index delivery_events_by_notification on delivery_events (notification_id, record_offset);

-- Each planned notification once, with the state it is in now. All events of a notification lie in
-- one partition, so the one with the highest offset is the newest.
create view notification_states as
select
  n.notification_id, n.request_id, n.event_id, n.user_id, n.channel, n.template_id,
  case coalesce(last.kind, 'none')
    when 'none' then 'rendered'
    when 'started' then 'sending'
    when 'accepted' then 'delivered'
    when 'rejected' then 'rejected'
    when 'unknown' then 'unknown'
    when 'deadLettered' then 'deadLettered'
    else 'waiting'
  end as state,
  last.reason,
  coalesce(last.attempt, 0) as attempts,
  last.provider_id,
  n.occurred_at,
  coalesce(last.happened_at, n.occurred_at) as changed_at
from notifications n
left join lateral (
  select kind, reason, attempt, provider_id, happened_at
  from delivery_events e
  where e.notification_id = n.notification_id
  order by record_offset desc
  limit 1
) last on true
union all
select
  d.notification_id, d.request_id, d.event_id, d.user_id, d.channel, d.template_id,
  'suppressed' as state,
  d.reason, 0 as attempts, null as provider_id, d.occurred_at, d.occurred_at as changed_at
from decisions d;
