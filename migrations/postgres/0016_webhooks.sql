-- Webhooks out; the same as sqlite/0016_webhooks.sql. These tables stay where they are on Citus, on the coordinator.
create table webhook_endpoint(
  failing_since bigint,                   -- since when nothing was accepted any more
  accepted_at bigint,                     -- the last time that anything was
  slow_until bigint,                      -- it asked for a rest
  due_at bigint not null,                 -- when to look again, or until when its holder is believed to live
  created_at bigint not null,
  account_id integer not null,
  include_email smallint not null,
  endpoint_id text primary key,           -- random
  url text not null,
  name text not null,
  secrets text not null,                  -- JSON: keys, the newest first, and until when each signs
  kinds text not null,                    -- space-separated; empty: all
  state text not null,                    -- active disabled
  reason text,                            -- why it is disabled
  position text not null,                 -- JSON: where in the feed it goes on
  last_problem text,
  holder text
);
create index webhook_endpoint_account on webhook_endpoint(account_id, created_at, endpoint_id);
create index webhook_endpoint_due on webhook_endpoint(due_at) where state = 'active';

-- Events behind the position that were not accepted yet.
create table webhook_pending(
  contact_id bigint not null,
  event_id bigint not null,
  failed_at bigint not null,              -- for the first time
  due_at bigint not null,
  account_id integer not null,
  kind smallint not null,
  attempts smallint not null,
  endpoint_id text not null,
  primary key(account_id, endpoint_id, contact_id, kind, event_id)
);
create index webhook_pending_due on webhook_pending(account_id, endpoint_id, due_at);
create index webhook_pending_contact on webhook_pending(contact_id);

-- A row a request that we made; kept for a while, then gone.
create table webhook_attempt(
  attempt_id bigint not null,
  at bigint not null,
  account_id integer not null,
  attempt_no smallint not null,
  status smallint,                        -- of the answer; null: there was none
  duration integer not null,
  endpoint_id text not null,
  message_id text not null,
  event_ref text,                         -- contact-kind-event; null: a test
  problem text,                           -- why it counts as failed; null: accepted
  response text,                          -- how the answer begins
  primary key(account_id, endpoint_id, attempt_id)
);
create index webhook_attempt_at on webhook_attempt(at);
