-- Erasing a contact: what it did goes into counts, its number is never given to anybody else.
create table erased_count(
  account_id integer not null,
  campaign_id integer not null,
  kind integer not null,
  link_no integer not null,               -- 0: none
  day integer not null,                   -- days since 1970, UTC
  verdict_class text not null,            -- human proxy machine, or unjudged
  count integer not null,
  primary key(account_id, campaign_id, kind, link_no, day, verdict_class)
) without rowid, strict;

create table erasure(
  contact_id integer not null primary key,
  account_id integer not null,
  erased_at integer not null,
  finished_at integer                     -- null: rows of it may be left, or still be under way
) without rowid, strict;
create index erasure_open on erasure(erased_at) where finished_at is null;

create index suppression_erased on suppression(account_id) where reason = 'erased';
create index activity_line_contact on activity_line(contact_id);
