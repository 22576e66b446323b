-- Sending; the same as sqlite/0011_sending.sql. What is to go out lies with its campaign on Citus, so that it can be claimed
-- on one server; runs, processes and keys stay on the coordinator.
create table outgoing(
  campaign_id bigint not null,
  contact_id bigint not null,
  due_at bigint,                          -- of pending and deferred: when it may be taken
  first_tried_at bigint,
  ended_at bigint,                        -- when the state became final
  send_no integer not null,               -- 0, or the discriminator of a transactional message
  account_id integer not null,
  attempts integer not null,
  state text not null,                    -- pending claimed in-flight deferred accepted failed unknown skipped held cancelled
  holder text,                            -- of claimed and in-flight: the process that has it
  send_id text not null,                  -- UUIDv7; the Message-ID's left side
  recipient text,                         -- null: the contact's own address
  message text,                           -- JSON of a message of its own; null: the campaign's, or over
  reply text,                             -- why, or the server's last words
  status text,                            -- RFC 3463
  primary key(campaign_id, contact_id, send_no)
);
create index outgoing_due on outgoing(campaign_id, state, due_at, contact_id) where due_at is not null;
create index outgoing_held on outgoing(holder, campaign_id) where holder is not null;
create index outgoing_state on outgoing(campaign_id, state, contact_id) where state <> 'accepted';
create index outgoing_contact on outgoing(contact_id);

-- A campaign that is going out, or has: one row, used again when it is sent again.
create table campaign_run(
  campaign_id bigint primary key,
  started_at bigint not null,
  frozen_at bigint,
  ended_at bigint,
  account_id integer not null,
  run_no integer not null,
  state text not null,                    -- freezing running paused trailing cancelling done
  problem text                            -- why it could not start or go on, in words
);
create index campaign_run_state on campaign_run(state) where state <> 'done';
create index campaign_run_started on campaign_run(started_at);
create index campaign_next_run on campaign(next_run_at) where status = 'scheduled';

create table sending_process(
  holder text collate "C" primary key,
  alive_until bigint not null             -- when others may take what it holds
);
create index sending_process_alive on sending_process(alive_until);

-- What was handed in under a key is handed in once.
create table outgoing_key(
  campaign_id bigint not null,
  contact_id bigint not null,
  created_at bigint not null,
  account_id integer not null,
  send_no integer not null,
  key text collate "C" not null,
  digest text not null,                   -- of the request
  primary key(account_id, key)
);
create index outgoing_key_created on outgoing_key(created_at);
create index outgoing_key_contact on outgoing_key(contact_id);

-- Contacts that get no mail for a while, or for good, because it came back.
create table hold(
  contact_id bigint primary key,
  since bigint not null,
  until bigint,                           -- null: for good
  account_id integer not null,
  strikes integer not null,               -- hard bounces that counted
  code text not null,                     -- the letter of the bounce that did it
  message text not null
);
create index hold_account on hold(account_id, contact_id);

create table dkim_key(
  created_at bigint not null,
  retired_at bigint,                      -- null: signs, the newest of its domain
  account_id integer not null references account(account_id),
  domain text collate "C" not null,
  selector text collate "C" not null,
  private_key text not null,              -- PKCS 8, PEM
  primary key(account_id, domain, selector)
);
