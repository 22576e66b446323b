-- Guesses at passwords, choices for clients of 2008 and for new campaigns; the same as sqlite/0017_settings.sql. On Citus the table stays where
-- it is, on the coordinator.
create table sign_in_try(
  free_at bigint not null,                -- when all that was tried is forgotten
  who text primary key
);
create index sign_in_try_free on sign_in_try(free_at);

alter table account add column wire_days integer;        -- how far back its event feeds go, 0: all; null: as the server says
alter table account add column wire_optout text;         -- name of the opt-out element; null: as the server says
alter table account add column wire_machines smallint;   -- 1: told of machines, 0: not; null: as the server says

alter table account add column campaign_tracking text;  -- what its new campaigns record: full aggregate none; null: full
