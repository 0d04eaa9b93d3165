-- Who may do what. No topic holds this: a log cannot forget a secret. Of secrets there are hashes.

create table accounts (
  account_id uuid primary key,
  name text not null,
  -- The name as it is compared: Unicode NFC, small letters.
  login text not null unique,
  role text not null,
  -- argon2id with its parameters; null until a password was chosen.
  password_hash text,
  created_at timestamptz not null,
  disabled_at timestamptz
);

create table sessions (
  -- SHA-256 of the token in hexadecimal, as everywhere here.
  token_hash text primary key,
  account_id uuid not null references accounts on delete cascade,
  -- Opened by a link: its password may be chosen without the one of before.
  by_link boolean not null,
  opened_at timestamptz not null,
  used_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_account on sessions (account_id, opened_at);
create index sessions_by_expiry on sessions (expires_at);

create table login_links (
  token_hash text primary key,
  account_id uuid not null unique references accounts on delete cascade,
  expires_at timestamptz not null
);

create table login_attempts (
  -- account or address, and a bucket of 65,536: as many rows as that at most.
  subject text primary key,
  failures int not null,
  last_at timestamptz not null,
  blocked_until timestamptz not null
);
create index login_attempts_by_time on login_attempts (last_at);

create table api_keys (
  key_id uuid primary key,
  name text not null,
  secret_hash text not null unique,
  scopes text[] not null,
  requests_per_minute int,
  notifications_per_day int,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_by_time on api_keys (created_at, key_id);

create table quota_windows (
  key_id uuid not null references api_keys on delete cascade,
  quota text not null,
  begins_at timestamptz not null,
  used int not null,
  primary key (key_id, quota)
);

-- What was changed and is not in the topic audit yet; written in the statement of the change.
create table audit_outbox (
  place bigint primary key generated always as identity,
  entry_id uuid not null unique,
  entry text not null
);
