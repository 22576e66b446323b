-- The library: folders of images that mails show; the same as sqlite/0007_library.sql. The bytes lie beside the database,
-- in files named by their digest. These tables stay where they are on Citus, on the coordinator, so they refer to nothing.
create table library_folder(
  folder_id bigint not null,
  created_at bigint not null,
  account_id integer not null,
  name text not null,
  primary key(account_id, folder_id)
);
create unique index library_folder_name on library_folder(account_id, name);

create table library_image(
  image_id bigint not null,
  folder_id bigint not null,
  size bigint not null,                   -- bytes
  created_at bigint not null,
  account_id integer not null,
  width integer not null,
  height integer not null,
  public_id text not null,                -- in the address that mails carry; can't be guessed
  file_name text not null,                -- as given: for people, never a place on disk
  description text not null,
  type text not null,                     -- image/gif image/png image/jpeg, by what the bytes are
  md5 text not null,                      -- hex, as the 2008 wire shows it
  sha256 text not null,                   -- hex, the name of the file
  primary key(account_id, image_id),
  foreign key(account_id, folder_id) references library_folder(account_id, folder_id)
);
create index library_image_folder on library_image(account_id, folder_id, image_id);
create unique index library_image_public on library_image(account_id, public_id);
create index library_image_bytes on library_image(account_id, sha256);

-- What an account's images take together. Whoever adds or removes bytes updates the row first, and so goes one by one.
create table library_usage(
  bytes bigint not null,
  account_id integer primary key
);
