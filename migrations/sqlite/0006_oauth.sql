-- OAuth 2.0: the applications, and what was given to them. Codes and tokens are kept as digests only.
create table application(
  application_id integer primary key,
  account_id integer not null references account(account_id), -- who registered it; what it gets by itself is theirs
  client_id text not null unique,
  name text not null,
  secret_hash text,                       -- null: a public client, which shows a PKCE verifier instead
  scopes text not null,                   -- space-separated: read write
  redirect_uris text not null,            -- space-separated
  token_seconds integer not null,         -- how long an access token works
  created_at integer not null,
  revoked_at integer
) strict;
create index application_account on application(account_id, application_id);

create table token(
  account_id integer not null references account(account_id),
  token_hash text not null,
  kind text not null,                     -- code access refresh
  grant_id integer not null,              -- the consent it came of, counted within the account
  application_id integer not null references application(application_id),
  scopes text not null,
  created_at integer not null,
  expires_at integer not null,
  used_at integer,                        -- codes and refresh tokens work once
  redirect_uri text,                      -- of codes: as the request named it
  code_challenge text,                    -- of codes: PKCE, S256
  primary key(account_id, token_hash)
) without rowid, strict;
create index token_grant on token(account_id, grant_id);
create index token_expiry on token(account_id, expires_at);
