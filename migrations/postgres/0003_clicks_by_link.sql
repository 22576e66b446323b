-- Clicks of one link of a campaign, and how many each link has, without looking at the events themselves.
-- Partial: only clicks have a link, so other events pay nothing for it.
create index event_link on event(campaign_id, link_no, event_id) where link_no is not null;
