-- Webhooks in; the same as sqlite/0013_inbox.sql.
create table hook_endpoint(
  created_at bigint not null,
  removed_at bigint,
  confirm_until bigint,                   -- SNS: subscriptions are confirmed until then
  account_id integer not null,
  creates smallint not null,              -- 1: contacts and campaigns that are missing are made
  endpoint_id text primary key,           -- random; part of the address, and a secret like it
  provider text not null,
  name text not null,
  secrets text not null                   -- JSON: keys, passwords, topics
);
create index hook_endpoint_account on hook_endpoint(account_id, created_at);

-- A row a request; kept for a while, then gone. Whatever can't be put on a timeline now stays here.
create table inbox(
  inbox_id bigint primary key,
  received_at bigint not null,
  read_at bigint,
  account_id integer not null,
  bytes integer not null,                 -- of the body as it came
  endpoint_id text not null,
  provider text not null,
  delivery_key text not null,             -- what the provider calls the request, or a digest of the body
  body_hash text not null,
  headers text not null,                  -- JSON: the few that say something
  body bytea not null,                    -- deflated (RFC 1951)
  state text not null,                    -- new done partly failed
  outcome text                            -- JSON: how many became what, and why others did not
);
create unique index inbox_delivery on inbox(endpoint_id, delivery_key);
create index inbox_new on inbox(inbox_id) where state = 'new';
create index inbox_account on inbox(account_id, state, inbox_id);
create index inbox_received on inbox(received_at);

-- The campaign that stands for a provider's tag, where an endpoint makes them.
create table hook_campaign(
  campaign_id bigint not null,
  account_id integer not null,
  tag text not null,
  primary key(account_id, tag)
);
