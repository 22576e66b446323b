-- Who follows an account's events, or looks at the latest, walks an index of that account. The summary of blocks that stood
-- here was of no use until the server had analysed the table and summed up its blocks, which after a bulk load takes minutes,
-- and went through the events of all accounts to find those of one.
drop index event_feed;
create index event_feed on event(account_id, recorded_at);

-- How many are disabled is told to whoever watches the server.
create index webhook_endpoint_disabled on webhook_endpoint(account_id) where state = 'disabled';
