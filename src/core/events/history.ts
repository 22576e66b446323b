// What did this contact do? One contact's events in time order, page by page. Read by every face.

import type { Reader } from '../../db/db.ts'
import { sql, sqlJoin, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { exceptHidden, isJudged, onlyJudged } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'
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
  /** Verdicts whose opens and clicks are left out; none when absent. */
  hidden?: Hidden | undefined
  /** Verdicts whose opens and clicks alone are shown. */
  only?: Hidden | undefined
  /** Only clicks on this link of `campaignId`. */
  linkNo?: number | undefined
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
  const kinds = kindsThatFit(query)
  if (kinds.length === 0) return { events: [], next: undefined }
  const rows = await db.tuples<HistoryRow>(pageOf(accountId, query, kinds))
  const events = rows.slice(0, query.limit).map((row) => toEvent(query.contactId, row))
  const last = events.at(-1)
  return { events, next: rows.length > query.limit && last ? { eventId: last.eventId, kind: last.kind } : undefined }
}

/** What is no open or click was never judged, what is no click has no link. */
export function kindsThatFit({
  kinds = allKinds,
  only,
  linkNo,
}: Pick<HistoryQuery, 'kinds' | 'only' | 'linkNo'>): EventKind[] {
  return kinds.filter((kind) => (!only || isJudged(kind)) && (linkNo === undefined || kind === 'click'))
}

/** One event by its name; undefined when there is no such in this account. */
export async function findEvent(
  db: Reader,
  accountId: number,
  { contactId, kind, eventId }: { contactId: number; kind: EventKind; eventId: number },
): Promise<HistoryEvent | undefined> {
  const rows = await db.tuples<HistoryRow>(sql`${withNames} from event e ${names}
    where e.contact_id = ${contactId} and e.kind = ${eventKinds[kind]} and e.event_id = ${eventId} and e.account_id = ${accountId}`)
  return rows[0] && toEvent(contactId, rows[0])
}

function pageOf(accountId: number, query: HistoryQuery, kinds: readonly EventKind[]): Sql {
  const order = query.order === 'oldest-first' ? ascending : descending
  const ranges = kinds.map((kind) => rangeOf(accountId, query, kind, order))
  // One kind joins as it scans. Several are merged first, so that only the rows of the page are joined.
  if (ranges.length === 1) return sql`${withNames} from event e ${names} ${ranges[0]!}`
  const arms = ranges.map(
    (range) =>
      sql`select * from (select event_id, kind, campaign_id, recorded_at, details, link_no from event e ${range}) arm`,
  )
  return sql`${withNames} from (
      ${sqlJoin(arms, ' union all ')} order by event_id ${order}, kind ${order} ${sqlLimit(query.limit + 1)}
    ) e ${names} order by e.event_id ${order}, e.kind ${order}`
}

const withNames = sql`select e.event_id, e.kind, e.campaign_id, e.recorded_at, e.details, c.name, l.url`
const names = sql`join campaign c on c.campaign_id = e.campaign_id
    left join link l on l.campaign_id = e.campaign_id and l.link_no = e.link_no`

// One kind of one contact is one contiguous range of the primary key. Bounds are [low, high).
function rangeOf(accountId: number, query: HistoryQuery, kind: EventKind, order: Sql): Sql {
  let low = query.from === undefined ? 0 : firstEventIdAt(query.from)
  let high = query.until === undefined ? Number.MAX_SAFE_INTEGER : firstEventIdAt(query.until)
  if (query.after) {
    // Events of equal id follow each other in the order of their kinds.
    const { eventId } = query.after
    const rank = eventKinds[kind] - eventKinds[query.after.kind]
    if (order === ascending) low = Math.max(low, rank > 0 ? eventId : eventId + 1)
    else high = Math.min(high, rank < 0 ? eventId + 1 : eventId)
  }
  const ofCampaign = query.campaignId === undefined ? sql`` : sql`and e.campaign_id = ${query.campaignId}`
  const onLink = query.linkNo === undefined ? sql`` : sql`and e.link_no = ${query.linkNo}`
  const judged = isJudged(kind) ? sql`${exceptHidden(query.hidden)} ${onlyJudged(query.only)}` : sql``
  return sql`where e.contact_id = ${query.contactId} and e.kind = ${eventKinds[kind]} and e.event_id >= ${low} and e.event_id < ${high}
      and e.account_id = ${accountId} ${ofCampaign} ${onLink} ${judged}
    order by e.event_id ${order} ${sqlLimit(query.limit + 1)}`
}

const ascending = sql`asc`
const descending = sql`desc`
type HistoryRow = [
  eventId: number,
  kind: number,
  campaignId: number,
  recordedAt: number,
  details: string | null,
  campaignName: string,
  url: string | null,
]

function toEvent(contactId: number, row: HistoryRow): HistoryEvent {
  const [eventId, kind, campaignId, recordedAt, details, campaignName, url] = row
  const event: HistoryEvent = {
    eventId,
    contactId,
    campaignId,
    campaignName,
    kind: kindFromNumber(kind),
    at: eventIdTime(eventId),
    recordedAt,
  }
  if (details !== null) {
    const { shift: _shift, ...more } = unpackDetails(details)
    Object.assign(event, more)
  }
  if (url !== null) event.url = url
  return event
}
