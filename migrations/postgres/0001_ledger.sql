-- The first schema: accounts and keys, contacts and lists, campaigns and links, and the event ledger; the same as
-- sqlite/0001_ledger.sql. Times are epoch milliseconds. Columns stand widest first, which spares padding in each row.
-- Unique keys of what is distributed contain contact_id, so that the same tables work on Citus (0001_ledger.citus.sql).

create table account(
  created_at bigint not null,
  account_id integer primary key,
  username text not null unique,          -- lower case
  password_hash text not null
);

create table api_key(
  created_at bigint not null,
  revoked_at bigint,
  account_id integer not null references account(account_id),
  api_key_id integer not null,
  name text not null,
  lookup text not null,                   -- 32 bits of a digest of the key: finds candidates, reveals nothing useful
  key_hash text not null,
  scopes text not null,                   -- space-separated: read write admin
  primary key(account_id, api_key_id)
);

create table contact(
  contact_id bigint primary key,
  opt_in_at bigint,
  opt_out_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  account_id integer not null references account(account_id),
  confirmed smallint not null,
  email text not null,
  status text not null,                   -- active unconfirmed removed do-not-mail
  email_type text not null,               -- html text
  first_name text not null,
  last_name text not null,
  opt_in_source text,                     -- customer contact
  opt_out_source text,
  opt_out_reason text,
  profile text                            -- JSON: the fields nobody searches by
);
create index contact_account on contact(account_id, contact_id);
create index contact_changed on contact(account_id, updated_at, contact_id);

create table contact_email(
  contact_id bigint not null,
  account_id integer not null,
  email text not null,
  primary key(email, account_id)
);

create table list(
  list_id bigint not null,
  created_at bigint not null,
  account_id integer not null references account(account_id),
  opt_in_default smallint not null,
  sort_order bigint not null,
  name text not null,
  primary key(account_id, list_id)
);
create unique index list_name on list(account_id, name);

create table membership(
  contact_id bigint not null,
  list_id bigint not null,
  opt_in_at bigint not null,
  account_id integer not null,
  opt_in_source text not null,
  primary key(contact_id, list_id),
  foreign key(account_id, list_id) references list(account_id, list_id)
);
create index membership_list on membership(account_id, list_id, contact_id);

create table campaign(
  campaign_id bigint primary key,
  dated_at bigint not null,
  edited_at bigint,
  last_run_at bigint,
  next_run_at bigint,
  account_id integer not null references account(account_id),
  name text not null,
  kind text not null,                     -- regular transactional
  status text not null,
  content text                            -- JSON: subject, sender, footer and body
);
create index campaign_dated on campaign(account_id, dated_at, campaign_id);

create table link(
  campaign_id bigint not null references campaign(campaign_id),
  link_no smallint not null,
  url text not null,
  url_hash text not null,
  primary key(campaign_id, link_no)
);
create unique index link_url on link(campaign_id, url_hash);

create table send(
  contact_id bigint not null,
  campaign_id bigint not null,
  sent_at bigint not null,
  account_id integer not null,
  send_no integer not null,               -- 0, or the discriminator of a transactional message
  message_id text not null,
  primary key(contact_id, campaign_id, send_no)
);

-- The campaign index holds no contact_id, though pages are ordered by it: events of one campaign, kind and millisecond
-- are few, and are sorted as they are read. Receipt times ascend with the table itself, so a summary of its blocks is
-- all the index that the feed needs.
create table event(
  contact_id bigint not null,
  event_id bigint not null,
  campaign_id bigint not null,
  recorded_at bigint not null,
  account_id integer not null,
  kind smallint not null,
  source smallint not null,
  link_no smallint,
  details text,                           -- JSON; absent on most rows
  primary key(contact_id, kind, event_id)
);
create index event_campaign on event(campaign_id, kind, event_id);
create index event_feed on event using brin(recorded_at) with (pages_per_range = 32, autosummarize = on);

create table event_key(
  contact_id bigint not null,
  key_hash bigint not null,               -- 53 bits of a digest of the caller's key
  event_id bigint not null,
  recorded_at bigint not null,
  kind smallint not null,
  primary key(contact_id, key_hash)
);

create table import_progress(
  file_offset bigint not null,            -- bytes of decompressed input that are done
  line bigint not null,
  updated_at bigint not null,
  account_id integer not null,
  fingerprint text not null,
  counts text not null,                   -- JSON
  primary key(account_id, fingerprint)
);

create table id_block(
  next_id bigint not null,
  name text primary key
);

create table secret(
  name text primary key,
  value text not null
);
