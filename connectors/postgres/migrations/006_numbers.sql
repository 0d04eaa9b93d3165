-- What a dashboard shows, counted as rows are written: a count over millions would come too late.

-- Events as upstream wrote them, without a word of theirs: what they are about is an id.
create table events (
  source_topic text not null,
  source_partition int not null,
  generation int not null,
  source_offset bigint not null,
  event_type text not null,
  event_id text not null,
  subject_id text not null,
  occurred_at timestamptz not null,
  written_at timestamptz not null,
  primary key (source_topic, source_partition, generation, source_offset)
);
create index events_by_id on events (event_id);

-- Of the last day. Each partition of a topic counts for itself, so that no two writers wait for one
-- row; what is read sums them up.
create table minute_counts (
  topic text not null,
  partition int not null,
  minute timestamptz not null,
  what text not null,
  channel text not null,
  count bigint not null,
  primary key (topic, partition, minute, what, channel)
);
create index minute_counts_by_minute on minute_counts (minute);

-- What each fan-out wrote, lane by lane and partition by partition.
create table fan_out_counts (
  event_type text not null,
  event_id text not null,
  topic text not null,
  partition int not null,
  channel text not null,
  template_id text not null,
  written bigint not null,
  first_written_at timestamptz not null,
  last_written_at timestamptz not null,
  primary key (event_type, event_id, topic, partition, template_id)
);
create index fan_out_counts_by_time on fan_out_counts (last_written_at desc);

-- What vendors answered when they did not take a message.
create index delivery_events_trouble on delivery_events (channel, happened_at desc)
  where kind in ('rejected', 'throttled', 'unavailable', 'unknown', 'misconfigured');
