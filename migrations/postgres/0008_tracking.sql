-- What readers' mail programs did, verdicts, consent and suppressions; the same as sqlite/0008_tracking.sql.
create table hit(
  contact_id bigint not null,
  hit_id bigint not null,                 -- random, so that what is stored twice is stored once
  campaign_id bigint not null,
  at bigint not null,
  stored_at bigint not null,              -- later than at when it waited in the spool
  event_id bigint,                        -- the event it became; null: none
  account_id integer not null,
  send_no integer not null,
  link_no integer not null,               -- 0: none, or the trap
  kind smallint not null,                 -- 1 open, 2 click, 3 unsubscribe page, 4 view in browser
  event_kind smallint,
  has_whole_ip smallint not null,         -- 1: to be cut when it is a day old
  method text not null,
  ip text,                                -- as much of it as is kept
  network text,                           -- the /24 or /48 it is in
  user_agent text not null,
  headers text,                           -- JSON: the few that verdicts need
  primary key(contact_id, hit_id)
);
create index hit_stored on hit(stored_at);
create index hit_whole_ip on hit(stored_at) where has_whole_ip = 1;
-- The company of a click (docs/verdicts.md); opens have none.
create index hit_network on hit(account_id, network, at) where kind <> 1 and network is not null;

-- No row: human, or never judged.
create table verdict(
  contact_id bigint not null,
  event_id bigint not null,
  campaign_id bigint not null,
  judged_at bigint not null,
  account_id integer not null,
  rules_version text not null,
  kind smallint not null,
  link_no smallint,
  verdict text not null,                  -- human proxy machine
  reasons text not null,                  -- space-separated
  primary key(contact_id, kind, event_id)
);
create index verdict_campaign on verdict(campaign_id, kind, verdict);

-- What a contact agreed to, and how we know; the latest counts.
create table consent(
  contact_id bigint not null,
  at bigint not null,
  account_id integer not null,
  consent_no integer not null,
  tracking text not null,                 -- full aggregate none
  source text not null,
  wording text not null,
  primary key(contact_id, consent_no)
);
alter table contact add column tracking text not null default 'full';
alter table campaign add column tracking text not null default 'full';

-- Opens and clicks of those who are counted but not told apart.
create table aggregate_count(
  campaign_id bigint not null,
  count bigint not null,
  account_id integer not null,
  link_no integer not null,               -- 0: none
  day integer not null,                   -- days since 1970, UTC
  kind smallint not null,
  primary key(account_id, campaign_id, kind, link_no, day)
);

-- Addresses that get no mail. The digest is keyed and outlives the address, which is erased with its contact.
create table suppression(
  at bigint not null,
  account_id integer not null,
  address_hash text not null,
  email text,
  reason text not null,                   -- optout complaint bounce erased manual
  source text not null,
  primary key(account_id, address_hash)
);
