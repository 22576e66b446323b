-- Outgoing mail is claimed campaign by campaign; holds lie with their contacts; keys of domains are few and asked for often.
select create_distributed_table('outgoing', 'campaign_id', colocate_with := 'none');
select create_distributed_table('hold', 'contact_id', colocate_with := 'contact');
select create_reference_table('dkim_key');
