// Who did it? One campaign's events of one kind in time order, page by page. Read by the faces.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { exceptHidden, isJudged } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'
import { unpackDetails } from './details.ts'
import { eventIdTime, eventKinds, firstEventIdAt } from './event.ts'
import type { EventKind } from './event.ts'
import type { HistoryEvent } from './history.ts'

export interface CampaignHistoryQuery {
  campaignId: number
  kind: EventKind
  /** Only clicks on this link of the campaign. */
  linkNo?: number | undefined
  /** Events at or after this time, epoch ms. */
  from?: number | undefined
  /** Verdicts whose events are left out; none when absent. */
  hidden?: Hidden | undefined
  /** Continue behind this event. */
  after?: CampaignPosition | undefined
  limit: number
}

interface CampaignPosition {
  eventId: number
  contactId: number
}

interface CampaignEvent extends HistoryEvent {
  email: string
}

export interface CampaignHistoryPage {
  events: CampaignEvent[]
  next: CampaignPosition | undefined
}

/** One page, newest first; empty when the campaign is unknown in this account. */
export async function listCampaignHistory(
  db: Reader,
  accountId: number,
  query: CampaignHistoryQuery,
): Promise<CampaignHistoryPage> {
  const { campaignId, kind } = query
  const after = query.after ?? { eventId: Number.MAX_SAFE_INTEGER, contactId: 0 }
  const low = query.from === undefined ? 0 : firstEventIdAt(query.from)
  const onLink = query.linkNo === undefined ? sql`` : sql`and e.link_no = ${query.linkNo} and e.link_no is not null`
  const rows = await db.tuples<Row>(sql`
    select e.event_id, e.contact_id, e.recorded_at, e.details, c.name, l.url, t.email
    from campaign c
    join event e on e.campaign_id = c.campaign_id
    join contact t on t.contact_id = e.contact_id
    left join link l on l.campaign_id = e.campaign_id and l.link_no = e.link_no
    where c.campaign_id = ${campaignId} and c.account_id = ${accountId} and e.campaign_id = ${campaignId}
      and e.kind = ${eventKinds[kind]} and e.event_id >= ${low}
      and (e.event_id, e.contact_id) < (${after.eventId}, ${after.contactId}) ${onLink} ${isJudged(kind) ? exceptHidden(query.hidden) : sql``}
    order by e.event_id desc, e.contact_id desc ${sqlLimit(query.limit + 1)}`)
  const events = rows.slice(0, query.limit).map((row) => toEvent(campaignId, kind, row))
  const last = events.at(-1)
  const isMore = rows.length > query.limit && last !== undefined
  return { events, next: isMore ? { eventId: last.eventId, contactId: last.contactId } : undefined }
}

type Row = [
  eventId: number,
  contactId: number,
  recordedAt: number,
  details: string | null,
  campaignName: string,
  url: string | null,
  email: string,
]

function toEvent(campaignId: number, kind: EventKind, row: Row): CampaignEvent {
  const [eventId, contactId, recordedAt, details, campaignName, url, email] = row
  const { shift: _shift, ...more } = unpackDetails(details)
  return {
    eventId,
    contactId,
    campaignId,
    campaignName,
    kind,
    at: eventIdTime(eventId),
    recordedAt,
    email,
    ...more,
    ...(url !== null && { url }),
  }
}
