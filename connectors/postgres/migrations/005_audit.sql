-- Who changed what. An entry that was published twice has one row.
create table audit_entries (
  entry_id text primary key,
  happened_at timestamptz not null,
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  detail text
);
create index audit_entries_by_time on audit_entries (happened_at desc, entry_id desc);
create index audit_entries_by_actor on audit_entries (actor_id, happened_at desc, entry_id desc);
create index audit_entries_by_action on audit_entries (action, happened_at desc, entry_id desc);
create index audit_entries_by_subject on audit_entries
  (subject_id, happened_at desc, entry_id desc);
