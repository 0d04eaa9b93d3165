-- What an announcement said, which lies in its request alone: the default language, and its texts
-- as their channel is written. Null of all other requests.
alter table requests add column announced jsonb;
