-- Work that goes on behind the answers, and the bulk activities of the 2008 wire; the same as sqlite/0005_activities.sql.
-- These tables stay where they are on Citus, on the coordinator, so they refer to nothing.
create table job(
  job_id bigint primary key,
  due_at bigint,                          -- when somebody may take it (again); null: it is finished
  created_at bigint not null,
  account_id integer,                     -- null: of the whole store
  attempts integer not null,              -- times it was taken since it last came forward
  kind text not null,
  subject text not null,                  -- what it is about, such as an activity's id
  holder text,                            -- who is at it; random for each time it is taken
  progress text,                          -- JSON: where to go on after a crash
  outcome text                            -- done failed
);
create index job_due on job(due_at) where due_at is not null;
create unique index job_subject on job(kind, subject);

create table activity(
  inserted_at bigint not null,
  started_at bigint,
  finished_at bigint,
  transaction_count bigint not null,
  error_count bigint not null,
  account_id integer not null,
  activity_id text collate "C" not null,  -- lower case letters and digits, later ones sort behind earlier ones
  type text not null,
  status text not null,                   -- pending running complete error
  request text not null,                  -- JSON: lists, columns, order
  primary key(account_id, activity_id)
);
create index activity_inserted on activity(inserted_at);

create table activity_error(
  line bigint not null,
  account_id integer not null,
  error_no integer not null,
  activity_id text collate "C" not null,
  email text not null,
  message text not null,
  primary key(account_id, activity_id, error_no)
);

-- What was uploaded, in pieces; gone when the activity has finished.
create table activity_input(
  account_id integer not null,
  piece_no integer not null,
  activity_id text collate "C" not null,
  bytes bytea not null,
  primary key(account_id, activity_id, piece_no)
);

-- The lines of an export, kept in the order of its file.
create table activity_line(
  contact_id bigint not null,
  account_id integer not null,
  activity_id text collate "C" not null,
  sort_key text collate "C" not null,
  text text not null,
  primary key(account_id, activity_id, sort_key, contact_id)
);
