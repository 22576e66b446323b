-- Members of the system lists of the 2008 wire (active, removed, do-not-mail), newest first.
create index contact_status on contact(account_id, status, contact_id);
