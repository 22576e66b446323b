-- Work that goes on behind the answers, and the bulk activities of the 2008 wire (wire-2008 7) with what they read and write.
create table job(
  job_id integer primary key,
  account_id integer,                     -- null: of the whole store
  kind text not null,
  subject text not null,                  -- what it is about, such as an activity's id
  due_at integer,                         -- when somebody may take it (again); null: it is finished
  holder text,                            -- who is at it; random for each time it is taken
  attempts integer not null,              -- times it was taken since it last came forward
  progress text,                          -- JSON: where to go on after a crash
  outcome text,                           -- done failed
  created_at integer not null
) strict;
create index job_due on job(due_at) where due_at is not null;
create unique index job_subject on job(kind, subject);

create table activity(
  account_id integer not null references account(account_id),
  activity_id text not null,              -- lower case letters and digits, later ones sort behind earlier ones
  type text not null,
  status text not null,                   -- pending running complete error
  request text not null,                  -- JSON: lists, columns, order
  transaction_count integer not null,
  error_count integer not null,
  inserted_at integer not null,
  started_at integer,
  finished_at integer,
  primary key(account_id, activity_id)
) without rowid, strict;
create index activity_inserted on activity(inserted_at);

create table activity_error(
  account_id integer not null,
  activity_id text not null,
  error_no integer not null,
  line integer not null,
  email text not null,
  message text not null,
  primary key(account_id, activity_id, error_no)
) without rowid, strict;

-- What was uploaded, in pieces; gone when the activity has finished.
create table activity_input(
  account_id integer not null,
  activity_id text not null,
  piece_no integer not null,
  bytes blob not null,
  primary key(account_id, activity_id, piece_no)
) strict;

-- The lines of an export, kept in the order of its file.
create table activity_line(
  account_id integer not null,
  activity_id text not null,
  sort_key text not null,
  contact_id integer not null,
  text text not null,
  primary key(account_id, activity_id, sort_key, contact_id)
) without rowid, strict;
