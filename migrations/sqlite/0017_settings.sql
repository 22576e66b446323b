-- Guesses at passwords of the web pages, and what an account chose for its clients of 2008 and its new campaigns.

-- By a digest of who tries or of the name tried, so that all processes count together. Short-lived.
create table sign_in_try(
  who text primary key,
  free_at integer not null                -- when all that was tried is forgotten
) without rowid, strict;
create index sign_in_try_free on sign_in_try(free_at);

alter table account add column wire_days integer;        -- how far back its event feeds go, 0: all; null: as the server says
alter table account add column wire_optout text;         -- name of the opt-out element; null: as the server says
alter table account add column wire_machines integer;    -- 1: told of machines, 0: not; null: as the server says

alter table account add column campaign_tracking text;  -- what its new campaigns record: full aggregate none; null: full
