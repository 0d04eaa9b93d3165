-- What a fan-out wrote has one row each, in notification_progress; its text, address and name stay
-- in the lane and are read from there by partition and offset. What is the same for all of it is
-- said once, in fan_out_counts. Only what has a lane to itself still is a row of notifications.
alter table notification_progress
  add column event_id text,
  add column lane_partition int,
  add column lane_offset bigint,
  add column written_at timestamptz;

alter table fan_out_counts
  add column template_version int,
  add column occurred_at timestamptz,
  add column source_topic text,
  add column source_partition int,
  add column source_offset bigint;
