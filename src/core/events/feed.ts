// What is new? An account's events in the order they were recorded, for whoever follows them from a cursor on.
// A reader that goes on behind the last event it was given misses none and is given none twice, also while several
// processes write: docs/decisions/005-postgres.md.

import type { Db, Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { unpackDetails } from './details.ts'
import { eventIdTime, eventKinds, kindFromNumber } from './event.ts'
import type { EventKind } from './event.ts'
import type { HistoryEvent } from './history.ts'

/** Where a reader is: the last event it was given. */
export interface FeedPosition {
  recordedAt: number
  contactId: number
  eventId: number
  kind: EventKind
}

export interface FeedQuery {
  /** Continue behind this event; from the first one on when absent. */
  after?: FeedPosition | undefined
  limit: number
  now: number
  /** How far apart the clocks of the machines may be, in ms; events are held back as long. */
  clockTolerance?: number
}

export interface FeedPage {
  events: HistoryEvent[]
  /** Where to go on, now or when there is more; undefined while there is nothing. */
  next: FeedPosition | undefined
}

const defaultTolerance = 5000
/** The first stretch of time that is looked through; each empty or short one is followed by one four times as long. */
const firstStretch = 1000
/** One that holds more events than this is cut: without an index their order is a matter of sorting all of them. */
const crowd = 2000

/** One page in the order of (recordedAt, contactId, eventId); fewer than `limit` when the rest may not be final yet. */
export async function listFeed(db: Db, accountId: number, query: FeedQuery): Promise<FeedPage> {
  return listUpTo(db, accountId, query, await findHorizon(db, query))
}

/** The same for one who follows some kinds of events, or from now on. */
export interface FollowQuery extends FeedQuery {
  /** Only these kinds; all when absent. */
  kinds?: readonly EventKind[] | undefined
  /** Nothing of what was recorded before. */
  isFromNow?: boolean
}

export interface FollowPage {
  events: HistoryEvent[]
  /** Where to go on: behind all that was looked at, also where nothing of it fits. */
  next: FeedPosition
  /** True when there is nothing more for now. */
  isCaughtUp: boolean
}

/** One page looks at no more events than so many times its limit, however few of them fit. */
const maxRounds = 5

export async function followFeed(db: Db, accountId: number, query: FollowQuery): Promise<FollowPage> {
  const horizon = await findHorizon(db, query)
  const { kinds, limit } = query
  const events: HistoryEvent[] = []
  let next = query.isFromNow ? behindAll(horizon) : (query.after ?? beforeAll)
  for (let round = 0; round < maxRounds; round++) {
    const page = await listUpTo(db, accountId, { ...query, after: next, limit }, horizon)
    for (const event of page.events) {
      if (events.length === limit) return { events, next, isCaughtUp: false }
      next = { recordedAt: event.recordedAt, contactId: event.contactId, eventId: event.eventId, kind: event.kind }
      if (!kinds || kinds.includes(event.kind)) events.push(event)
    }
    if (page.events.length < limit) {
      // Nothing can appear before the horizon any more: who asks again need not look there.
      return { events, next: next.recordedAt <= horizon ? behindAll(horizon) : next, isCaughtUp: true }
    }
    if (events.length === limit) break
  }
  return { events, next, isCaughtUp: false }
}

const beforeAll: FeedPosition = { recordedAt: 0, contactId: 0, eventId: 0, kind: 'send' }

function behindAll(recordedAt: number): FeedPosition {
  return { recordedAt: Math.max(0, recordedAt), contactId: Number.MAX_SAFE_INTEGER, eventId: 0, kind: 'send' }
}

async function listUpTo(db: Db, accountId: number, query: FeedQuery, horizon: number): Promise<FeedPage> {
  const events: HistoryEvent[] = []
  let { after } = query
  let from = after?.recordedAt ?? 0
  for (let stretch = firstStretch; from <= horizon && events.length < query.limit; stretch *= 4) {
    const until = await endOfStretch(db, accountId, from, Math.min(from + stretch, horizon))
    stretch = Math.max(firstStretch, until - from)
    const found = await listStretch(db, accountId, { after, from, until, limit: query.limit - events.length })
    events.push(...found)
    const last = found.at(-1)
    if (last) after = { recordedAt: last.recordedAt, contactId: last.contactId, eventId: last.eventId, kind: last.kind }
    from = until + 1
  }
  return { events, next: after }
}

/** `until`, or so much earlier that there is no crowd before it; down to the length of the first stretch. */
async function endOfStretch(db: Reader, accountId: number, from: number, until: number): Promise<number> {
  let end = until
  while (end - from > firstStretch && (await isCrowded(db, accountId, from, end))) end = from + Math.max(firstStretch, Math.floor((end - from) / 16)) // oxfmt-ignore
  return end
}

/** Whether so many events were recorded between the two times that they are not to be sorted together. */
export async function isCrowded(db: Reader, accountId: number, from: number, until: number): Promise<boolean> {
  const row = await db.one<{ count: number }>(sql`
    select count(*) as count from (
      select 1 from event where account_id = ${accountId} and recorded_at >= ${from} and recorded_at <= ${until} ${sqlLimit(crowd + 1)}) crowd`)
  return row!.count > crowd
}

// Behind it nothing can still commit: whatever is under way, or begins later, records at or after its own beginning.
async function findHorizon(db: Db, { now, clockTolerance = defaultTolerance }: FeedQuery): Promise<number> {
  const oldest = await db.oldestBegunAt()
  return Math.min(now, oldest ?? now) - 1 - clockTolerance
}

interface Stretch {
  after: FeedPosition | undefined
  from: number
  until: number
  limit: number
}

async function listStretch(db: Db, accountId: number, { after, from, until, limit }: Stretch): Promise<HistoryEvent[]> {
  const behind = after
    ? sql`and (recorded_at, contact_id, event_id, kind) > (${after.recordedAt}, ${after.contactId}, ${after.eventId}, ${eventKinds[after.kind]})`
    : sql``
  return readRows(
    db,
    sql`account_id = ${accountId} and recorded_at >= ${from} and recorded_at <= ${until} ${behind}
      order by recorded_at, contact_id, event_id, kind ${sqlLimit(limit)}`,
    sql`e.recorded_at, e.contact_id, e.event_id, e.kind`,
  )
}

/** The events that `where` chooses, with the names of what they are about; ordered twice, before they are joined and after. */
export async function readRows(db: Reader, where: Sql, order: Sql): Promise<HistoryEvent[]> {
  const rows = await db.tuples<Row>(sql`
    select e.recorded_at, e.contact_id, e.event_id, e.kind, e.campaign_id, e.details, c.name, l.url from (
      select recorded_at, contact_id, event_id, kind, campaign_id, link_no, details from event where ${where}
    ) e join campaign c on c.campaign_id = e.campaign_id
    left join link l on l.campaign_id = e.campaign_id and l.link_no = e.link_no
    order by ${order}`)
  return rows.map(toEvent)
}

type Row = [
  recordedAt: number,
  contactId: number,
  eventId: number,
  kind: number,
  campaignId: number,
  details: string | null,
  campaignName: string,
  url: string | null,
]

function toEvent([recordedAt, contactId, eventId, kind, campaignId, details, campaignName, url]: Row): HistoryEvent {
  const { shift: _shift, ...more } = unpackDetails(details)
  return {
    eventId,
    contactId,
    campaignId,
    campaignName,
    kind: kindFromNumber(kind),
    at: eventIdTime(eventId),
    recordedAt,
    ...more,
    ...(url !== null && { url }),
  }
}
