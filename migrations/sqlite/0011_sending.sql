-- Sending: what is to go out and what became of it, which campaigns are under way, which processes send, who is on hold.
create table outgoing(
  campaign_id integer not null,
  contact_id integer not null,
  send_no integer not null,               -- 0, or the discriminator of a transactional message
  account_id integer not null,
  state text not null,                    -- pending claimed in-flight deferred accepted failed unknown skipped held cancelled
  due_at integer,                         -- of pending and deferred: when it may be taken
  holder text,                            -- of claimed and in-flight: the process that has it
  attempts integer not null,
  first_tried_at integer,
  ended_at integer,                       -- when the state became final
  send_id text not null,                  -- UUIDv7; the Message-ID's left side
  recipient text,                         -- null: the contact's own address
  message text,                           -- JSON of a message of its own; null: the campaign's, or over
  reply text,                             -- why, or the server's last words
  status text,                            -- RFC 3463
  primary key(campaign_id, contact_id, send_no)
) without rowid, strict;
create index outgoing_due on outgoing(campaign_id, state, due_at, contact_id) where due_at is not null;
create index outgoing_held on outgoing(holder, campaign_id) where holder is not null;
create index outgoing_state on outgoing(campaign_id, state, contact_id) where state <> 'accepted';
create index outgoing_contact on outgoing(contact_id);

-- A campaign that is going out, or has: one row, used again when it is sent again.
create table campaign_run(
  campaign_id integer primary key,
  account_id integer not null,
  state text not null,                    -- freezing running paused trailing cancelling done
  run_no integer not null,
  started_at integer not null,
  frozen_at integer,
  ended_at integer,
  problem text                            -- why it could not start or go on, in words
) strict;
create index campaign_run_state on campaign_run(state) where state <> 'done';
create index campaign_run_started on campaign_run(started_at);
create index campaign_next_run on campaign(next_run_at) where status = 'scheduled';

create table sending_process(
  holder text primary key,
  alive_until integer not null            -- when others may take what it holds
) without rowid, strict;
create index sending_process_alive on sending_process(alive_until);

-- What was handed in under a key is handed in once.
create table outgoing_key(
  account_id integer not null,
  key text not null,
  digest text not null,                   -- of the request
  campaign_id integer not null,
  contact_id integer not null,
  send_no integer not null,
  created_at integer not null,
  primary key(account_id, key)
) without rowid, strict;
create index outgoing_key_created on outgoing_key(created_at);
create index outgoing_key_contact on outgoing_key(contact_id);

-- Contacts that get no mail for a while, or for good, because it came back.
create table hold(
  contact_id integer primary key,
  account_id integer not null,
  code text not null,                     -- the letter of the bounce that did it
  message text not null,
  strikes integer not null,               -- hard bounces that counted
  since integer not null,
  until integer                           -- null: for good
) strict;
create index hold_account on hold(account_id, contact_id);

create table dkim_key(
  account_id integer not null references account(account_id),
  domain text not null,
  selector text not null,
  private_key text not null,              -- PKCS 8, PEM
  created_at integer not null,
  retired_at integer,                     -- null: signs, the newest of its domain
  primary key(account_id, domain, selector)
) without rowid, strict;
