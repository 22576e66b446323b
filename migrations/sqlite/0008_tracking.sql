-- What readers' mail programs did: raw hits, kept for a while; the verdict on those that became events; who may be tracked
-- and who wants no mail.
create table hit(
  contact_id integer not null,
  hit_id integer not null,                -- random, so that what is stored twice is stored once
  account_id integer not null,
  campaign_id integer not null,
  send_no integer not null,
  kind integer not null,                  -- 1 open, 2 click, 3 unsubscribe page, 4 view in browser
  link_no integer not null,               -- 0: none, or the trap
  at integer not null,
  stored_at integer not null,             -- later than at when it waited in the spool
  method text not null,
  ip text,                                -- as much of it as is kept
  has_whole_ip integer not null,          -- 1: to be cut when it is a day old
  network text,                           -- the /24 or /48 it is in
  user_agent text not null,
  headers text,                           -- JSON: the few that verdicts need
  event_kind integer,                     -- the event it became; null: none
  event_id integer,
  primary key(contact_id, hit_id)
) without rowid, strict;
create index hit_stored on hit(stored_at);
create index hit_whole_ip on hit(stored_at) where has_whole_ip = 1;
-- The company of a click (docs/verdicts.md); opens have none.
create index hit_network on hit(account_id, network, at) where kind <> 1 and network is not null;

-- No row: human, or never judged.
create table verdict(
  contact_id integer not null,
  kind integer not null,
  event_id integer not null,
  account_id integer not null,
  campaign_id integer not null,
  link_no integer,
  verdict text not null,                  -- human proxy machine
  reasons text not null,                  -- space-separated
  rules_version text not null,
  judged_at integer not null,
  primary key(contact_id, kind, event_id)
) without rowid, strict;
create index verdict_campaign on verdict(campaign_id, kind, verdict);

-- What a contact agreed to, and how we know; the latest counts.
create table consent(
  contact_id integer not null,
  consent_no integer not null,
  account_id integer not null,
  tracking text not null,                 -- full aggregate none
  source text not null,
  wording text not null,
  at integer not null,
  primary key(contact_id, consent_no)
) without rowid, strict;
alter table contact add column tracking text not null default 'full';
alter table campaign add column tracking text not null default 'full';

-- Opens and clicks of those who are counted but not told apart.
create table aggregate_count(
  account_id integer not null,
  campaign_id integer not null,
  kind integer not null,
  link_no integer not null,               -- 0: none
  day integer not null,                   -- days since 1970, UTC
  count integer not null,
  primary key(account_id, campaign_id, kind, link_no, day)
) without rowid, strict;

-- Addresses that get no mail. The digest is keyed and outlives the address, which is erased with its contact.
create table suppression(
  account_id integer not null references account(account_id),
  address_hash text not null,
  email text,
  reason text not null,                   -- optout complaint bounce erased manual
  source text not null,
  at integer not null,
  primary key(account_id, address_hash)
) without rowid, strict;
