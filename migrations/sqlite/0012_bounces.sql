-- Mail that comes back: reports that nobody could attribute, kept until an operator has looked at them, and how far
-- mailboxes have been read.
create table bounce_review(
  review_id text primary key,             -- digest of the mail and whom it was for
  account_id integer not null,            -- 0: nobody knows whose
  stored_at integer not null,
  received_at integer not null,
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
  contact_id integer,                     -- the proposal: whose it seems to be
  campaign_id integer,
  send_no integer,
  raw blob not null                       -- the mail, as far as it is kept
) without rowid, strict;
create index bounce_review_account on bounce_review(account_id, stored_at, review_id);
create index bounce_review_stored on bounce_review(stored_at);

create table bounce_mailbox(
  mailbox text primary key,               -- user@host/folder
  holder text,                            -- the process that reads it
  held_until integer not null,
  uid_validity integer not null,          -- RFC 3501 2.3.1.1; 0: never read
  last_uid integer not null               -- all up to here are done
) without rowid, strict;
