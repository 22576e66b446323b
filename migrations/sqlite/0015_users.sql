-- People who use the web pages: who they are, where they are signed in, and what they did.
create table web_user(
  account_id integer not null references account(account_id),
  user_id integer not null,
  email text not null,                    -- normalized; one mailbox belongs to one account
  name text not null,
  role text not null,                     -- owner editor viewer
  password_hash text,                     -- null: not chosen yet
  link_hash text,                         -- digest of the link that lets its holder choose a password, once
  link_expires_at integer,
  totp_secret text,                       -- base32 (RFC 6238); null: the password alone suffices
  totp_step integer not null,             -- of the last code taken: none works twice
  recovery_hashes text not null,          -- space-separated digests of codes not used yet
  code_failures integer not null,         -- in a row
  code_failed_at integer,
  created_at integer not null,
  signed_in_at integer,
  primary key(account_id, user_id)
) without rowid, strict;
create unique index web_user_email on web_user(email);

create table web_session(
  account_id integer not null references account(account_id),
  token_hash text not null,               -- digest of what the cookie holds, which changes as time goes by
  session_id text not null,               -- stays the same; what forms are bound to
  user_id integer not null,
  created_at integer not null,
  issued_at integer not null,            -- the cookie
  seen_at integer not null,
  expires_at integer not null,            -- whatever happens
  agent text not null,
  primary key(account_id, token_hash)
) without rowid, strict;
create index web_session_user on web_session(account_id, user_id);
create index web_session_expiry on web_session(account_id, expires_at);

create table audit(
  account_id integer not null references account(account_id),
  audit_id integer not null,
  at integer not null,
  user_id integer,                        -- null: the command line
  actor text not null,                    -- the name at the time
  action text not null,
  subject text not null,                  -- by id, never by a contact's address
  detail text,                            -- JSON
  primary key(account_id, audit_id)
) without rowid, strict;

-- Suppressions as people look through them: the latest first, of one reason or of all.
create index suppression_latest on suppression(account_id, at, address_hash);
create index suppression_reason on suppression(account_id, reason, at, address_hash);
