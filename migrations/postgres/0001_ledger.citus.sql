-- What is small and asked for by every query is on every server; what a contact has lies together, spread by contact_id.
-- contact_email is spread by address, so that an address is unique and found on one server. import_progress, id_block,
-- secret and migration stay where they are, on the coordinator.
-- References go, all of them: those of spread tables because Citus refuses to write to a table on every server after a
-- write to many rows of one that refers to it, as deleting a list does; those of tables that stay on the coordinator
-- because a table on every server keeps no rows of its own there; the rest so that tables are made in any order.
alter table api_key drop constraint api_key_account_id_fkey;
alter table contact drop constraint contact_account_id_fkey;
alter table list drop constraint list_account_id_fkey;
alter table membership drop constraint membership_account_id_list_id_fkey;
alter table campaign drop constraint campaign_account_id_fkey;
alter table link drop constraint link_campaign_id_fkey;
select create_reference_table('account');
select create_reference_table('api_key');
select create_reference_table('list');
select create_reference_table('campaign');
select create_reference_table('link');
select create_distributed_table('contact', 'contact_id', colocate_with := 'none');
select create_distributed_table('event', 'contact_id', colocate_with := 'contact');
select create_distributed_table('event_key', 'contact_id', colocate_with := 'contact');
select create_distributed_table('send', 'contact_id', colocate_with := 'contact');
select create_distributed_table('membership', 'contact_id', colocate_with := 'contact');
select create_distributed_table('contact_email', 'email', colocate_with := 'none');
