-- Whom people look for by name, e-mail or phone: what their newest row says. Whoever was erased, or
-- cannot be read, is not there. What is compared is kept beside what is shown.
create table people (
  user_id text primary key,
  full_name text not null,
  email text,
  phone text,
  -- Folded (runtime/folded-text.ts): small letters, no accents, е for ё.
  folded_name text not null,
  folded_email text,
  -- The last ten digits: people write the beginning of a number in many ways.
  phone_tail text,
  name_words tsvector generated always as (to_tsvector('simple', folded_name)) stored
);
create index people_by_name on people using gin (name_words);
create index people_by_email on people (folded_email text_pattern_ops);
create index people_by_phone on people (phone_tail);
