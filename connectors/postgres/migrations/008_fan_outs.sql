-- Where the commands of each fan-out lie: behind the offset that `notify` commits, it is over. From
-- the memory of events, which notes a command with the first that is written of it.
create table fan_out_commands (
  event_type text not null,
  event_id text not null,
  partition int not null,
  command_offset bigint not null,
  noted_offset bigint not null,
  primary key (event_type, event_id, partition)
);
