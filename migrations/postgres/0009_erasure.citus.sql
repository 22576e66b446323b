-- Counts are spread by campaign, as aggregate_count is; who was erased stays on the coordinator, beside the suppressions.
select create_distributed_table('erased_count', 'campaign_id', colocate_with := 'none');
