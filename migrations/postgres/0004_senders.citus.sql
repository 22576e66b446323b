-- Small, and joined with what is on every server.
select create_reference_table('sender');
select create_reference_table('campaign_list');
