-- The JSON API: keys that work without a user name, answers kept for requests that come twice, and what pages search by.
alter table api_key add column digest text; -- of keys that we made up, which nobody guesses; null: works with a password only
create unique index api_key_digest on api_key(digest) where digest is not null;

create table kept_answer(
  account_id integer not null references account(account_id),
  holder text not null,                   -- who asked, such as key 3
  key_hash text not null,                 -- a digest of the Idempotency-Key
  fingerprint text not null,              -- of the request
  contact_id integer,                     -- whom the answer is about, to be erased with
  status integer not null,
  headers text not null,                  -- JSON
  body text not null,
  created_at integer not null,
  primary key(account_id, holder, key_hash)
) without rowid, strict;
create index kept_answer_created on kept_answer(created_at);
create index kept_answer_contact on kept_answer(contact_id) where contact_id is not null;

create index job_account on job(account_id, job_id) where account_id is not null;

-- Contacts by how their address or a name begins.
create index contact_by_email on contact(account_id, email, contact_id);
create index contact_by_first_name on contact(account_id, lower(first_name), contact_id) where first_name <> '';
create index contact_by_last_name on contact(account_id, lower(last_name), contact_id) where last_name <> '';
