-- Addresses an account may send from (settings/emailaddresses on the 2008 wire), and the lists a campaign goes to.
create table sender(
  sender_id bigint not null,
  verified_at bigint,                     -- null: not yet shown to be the account's own
  account_id integer not null references account(account_id),
  email text not null,
  primary key(account_id, sender_id)
);
create unique index sender_email on sender(account_id, email);

create table campaign_list(
  campaign_id bigint not null references campaign(campaign_id),
  list_id bigint not null,
  account_id integer not null,
  primary key(campaign_id, list_id),
  foreign key(account_id, list_id) references list(account_id, list_id)
);
create index campaign_list_of on campaign_list(account_id, list_id);

create index campaign_name on campaign(account_id, name);
