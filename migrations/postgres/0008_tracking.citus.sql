-- What a contact did lies with the contact. Counts are spread by campaign, suppressions stay on the coordinator.
select create_distributed_table('hit', 'contact_id', colocate_with := 'contact');
select create_distributed_table('verdict', 'contact_id', colocate_with := 'contact');
select create_distributed_table('consent', 'contact_id', colocate_with := 'contact');
select create_distributed_table('aggregate_count', 'campaign_id', colocate_with := 'none');
