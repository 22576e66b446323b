// Who did it? One campaign's events in time order, page by page. Read by the faces.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { exceptHidden, isJudged, onlyJudged } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'
import { unpackDetails } from './details.ts'
import { eventIdTime, eventKinds, firstEventIdAt } from './event.ts'
import type { EventKind } from './event.ts'
import { kindsThatFit } from './history.ts'
import type { HistoryEvent } from './history.ts'

export interface CampaignHistoryQuery {
  campaignId: number
  /** Only these kinds; all when absent. */
  kinds?: readonly EventKind[] | undefined
  /** Only clicks on this link of the campaign. */
  linkNo?: number | undefined
  /** Events at or after this time, epoch ms. */
  from?: number | undefined
  /** Events before this time, epoch ms. */
  until?: number | undefined
  /** Verdicts whose events are left out; none when absent. */
  hidden?: Hidden | undefined
  /** Verdicts whose opens and clicks alone are shown. */
  only?: Hidden | undefined
  /** Continue behind this event, in the direction asked for. */
  after?: CampaignPosition | undefined
  order?: 'newest-first' | 'oldest-first' | undefined
  limit: number
}

interface CampaignPosition {
  eventId: number
  contactId: number
  kind: EventKind
}

interface CampaignEvent extends HistoryEvent {
  email: string
}

export interface CampaignHistoryPage {
  events: CampaignEvent[]
  next: CampaignPosition | undefined
}

/** One page, newest first unless asked otherwise; empty when the campaign is unknown in this account. */
export async function listCampaignHistory(
  db: Reader,
  accountId: number,
  query: CampaignHistoryQuery,
): Promise<CampaignHistoryPage> {
  const isAscending = query.order === 'oldest-first'
  // One kind of a campaign is one contiguous range of its index, on every engine; several are merged here.
  const ranges = await Promise.all(
    kindsThatFit(query).map(async (kind) => {
      const rows = await db.tuples<Row>(rangeOf(accountId, query, kind, isAscending))
      return rows.map((row) => toEvent(query.campaignId, kind, row))
    }),
  )
  const found =
    ranges.length === 1 ? ranges[0]! : ranges.flat().toSorted(isAscending ? inOrder : (a, b) => inOrder(b, a))
  const events = found.slice(0, query.limit)
  const last = events.at(-1)
  const isMore = found.length > query.limit && last !== undefined
  return { events, next: isMore ? { eventId: last.eventId, contactId: last.contactId, kind: last.kind } : undefined }
}

// By time, and all that makes two events of one time differ.
function inOrder(a: CampaignEvent, b: CampaignEvent): number {
  return a.eventId - b.eventId || a.contactId - b.contactId || eventKinds[a.kind] - eventKinds[b.kind]
}

function rangeOf(accountId: number, query: CampaignHistoryQuery, kind: EventKind, isAscending: boolean): Sql {
  const { campaignId, from, until, linkNo, after, limit } = query
  const low = from === undefined ? 0 : firstEventIdAt(from)
  const high = until === undefined ? Number.MAX_SAFE_INTEGER : firstEventIdAt(until)
  const onLink = linkNo === undefined ? sql`` : sql`and e.link_no = ${linkNo} and e.link_no is not null`
  const judged = isJudged(kind) ? sql`${exceptHidden(query.hidden)} ${onlyJudged(query.only)}` : sql``
  const order = isAscending ? sql`asc` : sql`desc`
  return sql`
    select e.event_id, e.contact_id, e.recorded_at, e.details, c.name, l.url, t.email
    from campaign c
    join event e on e.campaign_id = c.campaign_id
    join contact t on t.contact_id = e.contact_id
    left join link l on l.campaign_id = e.campaign_id and l.link_no = e.link_no
    where c.campaign_id = ${campaignId} and c.account_id = ${accountId} and e.campaign_id = ${campaignId}
      and e.kind = ${eventKinds[kind]} and e.event_id >= ${low} and e.event_id < ${high}
      ${after ? behind(after, kind, isAscending) : sql``} ${onLink} ${judged}
    order by e.event_id ${order}, e.contact_id ${order} ${sqlLimit(limit + 1)}`
}

// Events of equal id and contact follow each other in the order of their kinds.
function behind({ eventId, contactId, kind: last }: CampaignPosition, kind: EventKind, isAscending: boolean): Sql {
  const rank = (eventKinds[kind] - eventKinds[last]) * (isAscending ? 1 : -1)
  const sign = isAscending ? (rank > 0 ? sql`>=` : sql`>`) : rank > 0 ? sql`<=` : sql`<`
  return sql`and (e.event_id, e.contact_id) ${sign} (${eventId}, ${contactId})`
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
