-- The library: folders of images that mails show. The bytes lie beside the database, in files named by their digest;
-- a row here is what makes them somebody's (src/core/library/image-bytes.ts).
create table library_folder(
  account_id integer not null references account(account_id),
  folder_id integer not null,
  name text not null,
  created_at integer not null,
  primary key(account_id, folder_id)
) without rowid, strict;
create unique index library_folder_name on library_folder(account_id, name);

create table library_image(
  account_id integer not null,
  image_id integer not null,
  folder_id integer not null,
  public_id text not null,                -- in the address that mails carry; can't be guessed
  file_name text not null,                -- as given: for people, never a place on disk
  description text not null,
  type text not null,                     -- image/gif image/png image/jpeg, by what the bytes are
  width integer not null,
  height integer not null,
  size integer not null,                  -- bytes
  md5 text not null,                      -- hex, as the 2008 wire shows it
  sha256 text not null,                   -- hex, the name of the file
  created_at integer not null,
  primary key(account_id, image_id),
  foreign key(account_id, folder_id) references library_folder(account_id, folder_id)
) without rowid, strict;
create index library_image_folder on library_image(account_id, folder_id, image_id);
create unique index library_image_public on library_image(account_id, public_id);
create index library_image_bytes on library_image(account_id, sha256);

-- What an account's images take together. Whoever adds or removes bytes updates the row first, and so goes one by one.
create table library_usage(
  account_id integer primary key references account(account_id),
  bytes integer not null
) strict;
