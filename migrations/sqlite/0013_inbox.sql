-- Webhooks in: where providers of mail may post, and what they posted, as it came.
create table hook_endpoint(
  endpoint_id text primary key,           -- random; part of the address, and a secret like it
  account_id integer not null references account(account_id),
  provider text not null,
  name text not null,
  secrets text not null,                  -- JSON: keys, passwords, topics
  creates integer not null,               -- 1: contacts and campaigns that are missing are made
  confirm_until integer,                  -- SNS: subscriptions are confirmed until then
  created_at integer not null,
  removed_at integer
) without rowid, strict;
create index hook_endpoint_account on hook_endpoint(account_id, created_at);

-- A row a request; kept for a while, then gone. Whatever can't be put on a timeline now stays here.
create table inbox(
  inbox_id integer primary key,
  account_id integer not null,
  endpoint_id text not null,
  provider text not null,
  received_at integer not null,
  delivery_key text not null,             -- what the provider calls the request, or a digest of the body
  body_hash text not null,
  headers text not null,                  -- JSON: the few that say something
  body blob not null,                     -- deflated (RFC 1951)
  bytes integer not null,                 -- of the body as it came
  state text not null,                    -- new done partly failed
  outcome text,                           -- JSON: how many became what, and why others did not
  read_at integer
) strict;
create unique index inbox_delivery on inbox(endpoint_id, delivery_key);
create index inbox_new on inbox(inbox_id) where state = 'new';
create index inbox_account on inbox(account_id, state, inbox_id);
create index inbox_received on inbox(received_at);

-- The campaign that stands for a provider's tag, where an endpoint makes them.
create table hook_campaign(
  account_id integer not null,
  tag text not null,
  campaign_id integer not null,
  primary key(account_id, tag)
) without rowid, strict;
