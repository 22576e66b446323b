// What did this contact do? One contact's events in time order, page by page. Read by every face.

import type { Reader } from '../../db/db.ts'
import { sql, sqlJoin } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { unpackDetails } from './details.ts'
import { allKinds, eventIdTime, eventKinds, firstEventIdAt, kindFromNumber } from './event.ts'
import type { Event, EventKind } from './event.ts'

export interface HistoryQuery {
  contactId: number
  /** Only these kinds; all when absent. */
  kinds?: readonly EventKind[] | undefined
  campaignId?: number | undefined
  /** Events at or after this time, epoch ms. */
  from?: number | undefined
  /** Events before this time, epoch ms. */
  until?: number | undefined
  /** Continue behind this event, in the direction asked for. */
  after?: HistoryPosition | undefined
  order?: 'newest-first' | 'oldest-first'
  limit: number
}

/** Where a page ended: stable whatever is recorded in between. */
export interface HistoryPosition {
  eventId: number
  kind: EventKind
}

export interface HistoryEvent extends Event {
  campaignName: string
}

export interface HistoryPage {
  events: HistoryEvent[]
  /** Where the next page starts; undefined on the last one. */
  next: HistoryPosition | undefined
}

/** One page, newest first unless asked otherwise; empty when the contact is unknown in this account. */
export async function listHistory(db: Reader, accountId: number, query: HistoryQuery): Promise<HistoryPage> {
  const kinds = query.kinds ?? allKinds
  const isOldestFirst = query.order === 'oldest-first'
  const arms = kinds.map((kind) => kindRange(accountId, query, kind, isOldestFirst))
  const range =
    arms.length === 1
      ? arms[0]!
      : sqlJoin(
          arms.map((arm) => sql`select * from (${arm})`),
          ' union all ',
        )
  const rows = await db.all<HistoryRow>(sql`
    select e.event_id as "eventId", e.kind, e.campaign_id as "campaignId", e.recorded_at as "recordedAt", e.details,
      c.name as "campaignName", l.url
    from (${range}) e
    join campaign c on c.campaign_id = e.campaign_id
    left join link l on l.campaign_id = e.campaign_id and l.link_no = e.link_no
    order by e.event_id ${direction(isOldestFirst)}, e.kind ${direction(isOldestFirst)} limit ${query.limit + 1}`)
  const events = rows.slice(0, query.limit).map((row) => toEvent(query.contactId, row))
  const last = events.at(-1)
  return { events, next: rows.length > query.limit && last ? { eventId: last.eventId, kind: last.kind } : undefined }
}

// One kind of one contact is one contiguous range of the primary key. Bounds are [low, high).
function kindRange(accountId: number, query: HistoryQuery, kind: EventKind, isOldestFirst: boolean): Sql {
  let low = query.from === undefined ? 0 : firstEventIdAt(query.from)
  let high = query.until === undefined ? Number.MAX_SAFE_INTEGER : firstEventIdAt(query.until)
  if (query.after) {
    // Events of equal id follow each other in the order of their kinds.
    const { eventId } = query.after
    const rank = eventKinds[kind] - eventKinds[query.after.kind]
    if (isOldestFirst) low = Math.max(low, rank > 0 ? eventId : eventId + 1)
    else high = Math.min(high, rank < 0 ? eventId + 1 : eventId)
  }
  const ofCampaign = query.campaignId === undefined ? sql`` : sql`and campaign_id = ${query.campaignId}`
  return sql`select event_id, kind, campaign_id, recorded_at, link_no, details from event
    where contact_id = ${query.contactId} and kind = ${eventKinds[kind]} and event_id >= ${low} and event_id < ${high}
      and account_id = ${accountId} ${ofCampaign}
    order by event_id ${direction(isOldestFirst)} limit ${query.limit + 1}`
}

const ascending = sql`asc`
const descending = sql`desc`
function direction(isOldestFirst: boolean): Sql {
  return isOldestFirst ? ascending : descending
}

interface HistoryRow {
  eventId: number
  kind: number
  campaignId: number
  recordedAt: number
  details: string | null
  campaignName: string
  url: string | null
}

function toEvent(contactId: number, row: HistoryRow): HistoryEvent {
  const { eventId, campaignId, campaignName, recordedAt } = row
  const event: HistoryEvent = {
    eventId,
    contactId,
    campaignId,
    campaignName,
    kind: kindFromNumber(row.kind),
    at: eventIdTime(eventId),
    recordedAt,
  }
  if (row.details !== null) Object.assign(event, unpackDetails(row.details))
  if (row.url !== null) event.url = row.url
  return event
}
