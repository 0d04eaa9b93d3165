-- What notifications are searched by, newest first, with tens of millions of them. A request and an
-- event are of one time, so their notifications are in the order of the ids.
alter table notification_progress add column event_type text;
update notification_progress progress set event_type = known.event_type from (
  select notification_id, event_type from decisions
  union all select notification_id, event_type from notifications
) known where known.notification_id = progress.notification_id;

-- What went wrong and is not mended. It stays null from "started" to "accepted": an update that
-- changes no indexed column writes to no index (HOT), so most pay nothing for the index on it.
alter table notification_progress add column trouble text generated always as (
  case
    when kind in ('rejected', 'unknown', 'deadLettered') then kind
    when kind in ('throttled', 'unavailable', 'misconfigured') then 'waiting'
  end
) stored;

create index notification_progress_by_time on notification_progress
  (occurred_at desc, notification_id desc);
create index notification_progress_by_template on notification_progress
  (template_id, occurred_at desc, notification_id desc);
create index notification_progress_by_trouble on notification_progress
  (trouble, occurred_at desc, notification_id desc) where trouble is not null;
create index notification_progress_by_decision on notification_progress
  (occurred_at desc, notification_id desc) where decision is not null;

-- In tables that are only added to: in notification_progress each update would copy the ids. The
-- event of a request has the request's id.
create index notifications_by_event on notifications (event_id, notification_id)
  where request_id is null;
create index decisions_by_event on decisions (event_id, notification_id)
  where request_id is null;

-- When the notification was written, by the clock of this system; null for those of before.
alter table notifications add column written_at timestamptz;
alter table decisions add column written_at timestamptz;

create or replace view notification_states as
select
  notification_id, request_id, user_id, channel, template_id,
  case
    when kind = 'started' then 'sending'
    when kind = 'accepted' then 'delivered'
    when kind in ('rejected', 'unknown', 'deadLettered') then kind
    when kind is not null then 'waiting'
    when rendered then 'rendered'
    else 'suppressed'
  end as state,
  case when kind is null then decision else reason end as reason,
  coalesce(attempt, 0) as attempts,
  provider_id,
  occurred_at,
  coalesce(happened_at, occurred_at) as changed_at,
  event_type, decision, trouble
from notification_progress;
