-- Mail that comes back; the same as sqlite/0012_bounces.sql. Stays on the coordinator on Citus: there is little of it.
create table bounce_review(
  stored_at bigint not null,
  received_at bigint not null,
  contact_id bigint,                      -- the proposal: whose it seems to be
  campaign_id bigint,
  send_no integer,
  account_id integer not null,            -- 0: nobody knows whose
  review_id text primary key,             -- digest of the mail and whom it was for
  reason text not null,                   -- unattributed forged expired low-confidence unparsed
  way text not null,                      -- smtp imap pipe http
  kind text not null,                     -- bounce complaint optout ...
  letter text,
  status text,                            -- RFC 3463
  recipient text,                         -- the address that it is about, normalized
  subject text,
  diagnostic text,
  envelope_from text,
  envelope_to text,
  raw bytea not null                      -- the mail, as far as it is kept
);
create index bounce_review_account on bounce_review(account_id, stored_at, review_id);
create index bounce_review_stored on bounce_review(stored_at);

create table bounce_mailbox(
  held_until bigint not null,
  uid_validity bigint not null,           -- RFC 3501 2.3.1.1; 0: never read
  last_uid bigint not null,               -- all up to here are done
  mailbox text primary key,               -- user@host/folder
  holder text                             -- the process that reads it
);
