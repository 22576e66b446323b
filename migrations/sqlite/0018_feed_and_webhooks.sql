-- How many are disabled is told to whoever watches the server.
create index webhook_endpoint_disabled on webhook_endpoint(account_id) where state = 'disabled';
