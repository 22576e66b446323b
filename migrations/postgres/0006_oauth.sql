-- OAuth 2.0: the applications, and what was given to them; the same as sqlite/0006_oauth.sql. Codes and tokens are kept as
-- digests only. These tables stay where they are on Citus, on the coordinator, so they refer to nothing.
create table application(
  application_id bigint primary key,
  created_at bigint not null,
  revoked_at bigint,
  account_id integer not null,            -- who registered it; what it gets by itself is theirs
  token_seconds integer not null,         -- how long an access token works
  client_id text not null unique,
  name text not null,
  secret_hash text,                       -- null: a public client, which shows a PKCE verifier instead
  scopes text not null,                   -- space-separated: read write
  redirect_uris text not null             -- space-separated
);
create index application_account on application(account_id, application_id);

create table token(
  grant_id bigint not null,               -- the consent it came of, counted within the account
  application_id bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,                         -- codes and refresh tokens work once
  account_id integer not null,
  token_hash text not null,
  kind text not null,                     -- code access refresh
  scopes text not null,
  redirect_uri text,                      -- of codes: as the request named it
  code_challenge text,                    -- of codes: PKCE, S256
  primary key(account_id, token_hash)
);
create index token_grant on token(account_id, grant_id);
create index token_expiry on token(account_id, expires_at);
