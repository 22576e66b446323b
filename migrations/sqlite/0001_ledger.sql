-- The first schema: accounts and keys, contacts and lists, campaigns and links, and the event ledger.
-- Times are epoch milliseconds. The keys follow docs/decisions/002-event-identity.md and 003-clustering.md;
-- no unique key spans contacts, so that the same tables can later be distributed by contact_id.

create table account(
  account_id integer primary key,
  username text not null unique,          -- lower case
  password_hash text not null,
  created_at integer not null
) strict;

create table api_key(
  account_id integer not null references account(account_id),
  api_key_id integer not null,
  name text not null,
  lookup text not null,                   -- 32 bits of a digest of the key: finds candidates, reveals nothing useful
  key_hash text not null,
  scopes text not null,                   -- space-separated: read write admin
  created_at integer not null,
  revoked_at integer,
  primary key(account_id, api_key_id)
) without rowid, strict;

create table contact(
  contact_id integer primary key,
  account_id integer not null references account(account_id),
  email text not null,
  status text not null,                   -- active unconfirmed removed do-not-mail
  email_type text not null,               -- html text
  first_name text not null,
  last_name text not null,
  confirmed integer not null,
  opt_in_at integer,
  opt_in_source text,                     -- customer contact
  opt_out_at integer,
  opt_out_source text,
  opt_out_reason text,
  created_at integer not null,
  updated_at integer not null,
  profile text                            -- JSON: the fields nobody searches by
) strict;
create index contact_account on contact(account_id, contact_id);
create index contact_changed on contact(account_id, updated_at, contact_id);

create table contact_email(
  email text not null,
  account_id integer not null,
  contact_id integer not null,
  primary key(email, account_id)
) without rowid, strict;

create table list(
  account_id integer not null references account(account_id),
  list_id integer not null,
  name text not null,
  opt_in_default integer not null,
  sort_order integer not null,
  created_at integer not null,
  primary key(account_id, list_id)
) without rowid, strict;
create unique index list_name on list(account_id, name);

create table membership(
  contact_id integer not null,
  list_id integer not null,
  account_id integer not null,
  opt_in_at integer not null,
  opt_in_source text not null,
  primary key(contact_id, list_id),
  foreign key(account_id, list_id) references list(account_id, list_id)
) without rowid, strict;
create index membership_list on membership(account_id, list_id, contact_id);

create table campaign(
  campaign_id integer primary key,
  account_id integer not null references account(account_id),
  name text not null,
  kind text not null,                     -- regular transactional
  status text not null,
  dated_at integer not null,
  edited_at integer,
  last_run_at integer,
  next_run_at integer,
  content text                            -- JSON: subject, sender, footer and body
) strict;
create index campaign_dated on campaign(account_id, dated_at, campaign_id);

create table link(
  campaign_id integer not null references campaign(campaign_id),
  link_no integer not null,
  url text not null,
  url_hash text not null,
  primary key(campaign_id, link_no)
) without rowid, strict;
create unique index link_url on link(campaign_id, url_hash);

create table send(
  contact_id integer not null,
  campaign_id integer not null,
  send_no integer not null,               -- 0, or the discriminator of a transactional message
  account_id integer not null,
  message_id text not null,
  sent_at integer not null,
  primary key(contact_id, campaign_id, send_no)
) without rowid, strict;

create table event(
  contact_id integer not null,
  kind integer not null,
  event_id integer not null,
  campaign_id integer not null,
  recorded_at integer not null,
  account_id integer not null,
  source integer not null,
  link_no integer,
  details text,                           -- JSON; absent on most rows
  primary key(contact_id, kind, event_id)
) without rowid, strict;
create index event_campaign on event(campaign_id, kind, event_id, contact_id);
create index event_feed on event(account_id, recorded_at, contact_id, event_id);

create table event_key(
  contact_id integer not null,
  key_hash integer not null,              -- 53 bits of a digest of the caller's key
  kind integer not null,
  event_id integer not null,
  recorded_at integer not null,
  primary key(contact_id, key_hash)
) without rowid, strict;

create table import_progress(
  account_id integer not null references account(account_id),
  fingerprint text not null,
  file_offset integer not null,           -- bytes of decompressed input that are done
  line integer not null,
  counts text not null,                   -- JSON
  updated_at integer not null,
  primary key(account_id, fingerprint)
) without rowid, strict;

create table id_block(
  name text primary key,
  next_id integer not null
) without rowid, strict;

create table secret(
  name text primary key,
  value text not null
) without rowid, strict;
