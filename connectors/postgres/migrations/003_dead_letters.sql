-- The dead letters, by what their headers say; the bytes stay in the topic. Headers can be missing
-- or wrong, for anybody may write there: a column is null then, and the row is there all the same.
create table dead_letters (
  partition int not null,
  generation int not null,
  record_offset bigint not null,
  code text,
  reason text,
  process text,
  source_topic text,
  source_partition bigint,
  source_offset bigint,
  source_timestamp_ms bigint,
  key text,
  left_out_bytes bigint not null,
  written_at timestamptz not null,
  primary key (partition, generation, record_offset)
);
create index dead_letters_by_time on dead_letters
  (written_at desc, generation desc, record_offset desc, partition desc);
create index dead_letters_by_key on dead_letters (key) where key is not null;

-- Which records were sent back, by their place and timestamp: in a topic that was made anew another
-- record lies at the same place.
create table redrives (
  source_topic text not null,
  source_partition bigint not null,
  source_offset bigint not null,
  source_timestamp_ms bigint not null,
  redriven_at timestamptz not null,
  primary key (source_topic, source_partition, source_offset, source_timestamp_ms)
);

-- Each dead letter, with when its record was sent back. The topics arrive in any order.
create view dead_letter_states as
select letter.*, redriven_at
from dead_letters letter
left join redrives using (source_topic, source_partition, source_offset, source_timestamp_ms);
