-- Erasing a contact; the same as sqlite/0009_erasure.sql.
create table erased_count(
  campaign_id bigint not null,
  count bigint not null,
  account_id integer not null,
  link_no integer not null,               -- 0: none
  day integer not null,                   -- days since 1970, UTC
  kind smallint not null,
  verdict_class text not null,            -- human proxy machine, or unjudged
  primary key(account_id, campaign_id, kind, link_no, day, verdict_class)
);

create table erasure(
  contact_id bigint not null primary key,
  erased_at bigint not null,
  finished_at bigint,                     -- null: rows of it may be left, or still be under way
  account_id integer not null
);
create index erasure_open on erasure(erased_at) where finished_at is null;

create index suppression_erased on suppression(account_id) where reason = 'erased';
create index activity_line_contact on activity_line(contact_id);
