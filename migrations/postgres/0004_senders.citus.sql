-- Small, and joined with what is on every server. Without references, as in 0001_ledger.citus.sql.
alter table sender drop constraint sender_account_id_fkey;
alter table campaign_list drop constraint campaign_list_campaign_id_fkey;
alter table campaign_list drop constraint campaign_list_account_id_list_id_fkey;
select create_reference_table('sender');
select create_reference_table('campaign_list');
