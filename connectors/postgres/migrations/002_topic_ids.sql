-- The id of the topic that an offset counts in. Kafka gives each topic its own when it is made, so
-- one that was deleted and made anew is told from the former one, however long it is by now.
alter table projected_offsets add column topic_id text;
