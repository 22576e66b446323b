-- People who use the web pages: who they are, where they are signed in, and what they did; the same as
-- sqlite/0015_users.sql. These tables stay where they are on Citus, on the coordinator, so they refer to nothing.
create table web_user(
  link_expires_at bigint,
  code_failed_at bigint,
  created_at bigint not null,
  signed_in_at bigint,
  totp_step bigint not null,              -- of the last code taken: none works twice
  account_id integer not null,
  user_id integer not null,
  code_failures integer not null,         -- in a row
  email text not null,                    -- normalized; one mailbox belongs to one account
  name text not null,
  role text not null,                     -- owner editor viewer
  password_hash text,                     -- null: not chosen yet
  link_hash text,                         -- digest of the link that lets its holder choose a password, once
  totp_secret text,                       -- base32 (RFC 6238); null: the password alone suffices
  recovery_hashes text not null,          -- space-separated digests of codes not used yet
  primary key(account_id, user_id)
);
create unique index web_user_email on web_user(email);

create table web_session(
  created_at bigint not null,
  issued_at bigint not null,              -- the cookie
  seen_at bigint not null,
  expires_at bigint not null,             -- whatever happens
  account_id integer not null,
  user_id integer not null,
  token_hash text not null,               -- digest of what the cookie holds, which changes as time goes by
  session_id text not null,               -- stays the same; what forms are bound to
  agent text not null,
  primary key(account_id, token_hash)
);
create index web_session_user on web_session(account_id, user_id);
create index web_session_expiry on web_session(account_id, expires_at);

create table audit(
  audit_id bigint not null,
  at bigint not null,
  account_id integer not null,
  user_id integer,                        -- null: the command line
  actor text not null,                    -- the name at the time
  action text not null,
  subject text not null,                  -- by id, never by a contact's address
  detail text,                            -- JSON
  primary key(account_id, audit_id)
);

-- Suppressions as people look through them: the latest first, of one reason or of all.
create index suppression_latest on suppression(account_id, at, address_hash);
create index suppression_reason on suppression(account_id, reason, at, address_hash);
