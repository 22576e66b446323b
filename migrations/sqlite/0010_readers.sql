-- What readers may do beyond reading, and how long what they did is kept.
alter table campaign add column shared_at integer;      -- when its address for everybody was made; null: it has none

alter table account add column hit_days integer;        -- how long raw hits are kept; null: as long as is usual
alter table account add column event_days integer;      -- how long events are kept; null: for ever
alter table account add column forwards integer not null default 0; -- 1: readers may forward its mails by our form
create index account_hit_days on account(hit_days) where hit_days > 0;
create index account_event_days on account(event_days) where event_days > 0;

-- How often a send was forwarded; contact 0 has the total of a campaign.
create table forward_count(
  contact_id integer not null,
  campaign_id integer not null,
  send_no integer not null,
  account_id integer not null,
  count integer not null,
  primary key(contact_id, campaign_id, send_no)
) without rowid, strict;

-- Who was sent a campaign by a reader, by a keyed digest: nobody gets it twice. Kept for a month.
create table forward_friend(
  account_id integer not null,
  campaign_id integer not null,
  address_hash text not null,
  at integer not null,
  primary key(account_id, campaign_id, address_hash)
) without rowid, strict;
create index forward_friend_at on forward_friend(at);

-- How many friends were named from an IP address on a day, by a keyed digest. Kept for two days.
create table forward_visitor(
  account_id integer not null,
  day integer not null,                   -- days since 1970, UTC
  address_hash text not null,
  count integer not null,
  primary key(account_id, day, address_hash)
) without rowid, strict;
create index forward_visitor_day on forward_visitor(day);
