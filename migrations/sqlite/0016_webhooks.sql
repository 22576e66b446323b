-- Webhooks out: where an account's events are delivered to, what waits to be tried again, and what was tried.
create table webhook_endpoint(
  endpoint_id text primary key,           -- random
  account_id integer not null references account(account_id),
  url text not null,
  name text not null,
  secrets text not null,                  -- JSON: keys, the newest first, and until when each signs
  kinds text not null,                    -- space-separated; empty: all
  include_email integer not null,
  state text not null,                    -- active disabled
  reason text,                            -- why it is disabled
  position text not null,                 -- JSON: where in the feed it goes on
  failing_since integer,                  -- since when nothing was accepted any more
  accepted_at integer,                    -- the last time that anything was
  last_problem text,
  slow_until integer,                     -- it asked for a rest
  due_at integer not null,                -- when to look again, or until when its holder is believed to live
  holder text,
  created_at integer not null
) without rowid, strict;
create index webhook_endpoint_account on webhook_endpoint(account_id, created_at, endpoint_id);
create index webhook_endpoint_due on webhook_endpoint(due_at) where state = 'active';

-- Events behind the position that were not accepted yet.
create table webhook_pending(
  account_id integer not null,
  endpoint_id text not null,
  contact_id integer not null,
  kind integer not null,
  event_id integer not null,
  attempts integer not null,
  failed_at integer not null,             -- for the first time
  due_at integer not null,
  primary key(account_id, endpoint_id, contact_id, kind, event_id)
) without rowid, strict;
create index webhook_pending_due on webhook_pending(account_id, endpoint_id, due_at);
create index webhook_pending_contact on webhook_pending(contact_id);

-- A row a request that we made; kept for a while, then gone.
create table webhook_attempt(
  account_id integer not null,
  endpoint_id text not null,
  attempt_id integer not null,
  at integer not null,
  message_id text not null,
  event_ref text,                         -- contact-kind-event; null: a test
  attempt_no integer not null,
  status integer,                         -- of the answer; null: there was none
  problem text,                           -- why it counts as failed; null: accepted
  duration integer not null,
  response text,                          -- how the answer begins
  primary key(account_id, endpoint_id, attempt_id)
) without rowid, strict;
create index webhook_attempt_at on webhook_attempt(at);
