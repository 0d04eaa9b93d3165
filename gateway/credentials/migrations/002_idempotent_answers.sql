-- Answers that are given again to whoever repeats a request with its Idempotency-Key. To lose them
-- loses the same answer, and no effect.

create table idempotent_answers (
  -- SHA-256 of asker, route and key.
  claim_hash text primary key,
  -- SHA-256 of the path and the body.
  request_hash text not null,
  -- Who works on it, or did: one request of one gateway.
  holder text not null,
  claimed_at timestamptz not null,
  -- Sealed with the asker's secret, for it may hold one; null: at work.
  answer text
);
create index idempotent_answers_by_time on idempotent_answers (claimed_at);
