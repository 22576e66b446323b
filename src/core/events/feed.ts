// What is new? An account's events in the order they were recorded, for whoever follows them from a cursor on.
// A reader that goes on behind the last event it was given misses none and is given none twice, also while several
// processes write: docs/decisions/005-postgres.md.

import type { Db, Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
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
      next = positionOf(event)
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
  const { after, limit } = query
  if (after && after.recordedAt > horizon) return { events: [], next: after }
  const found = await readReceived(db, accountId, { behind: after, limit })
  const events = found.filter(({ recordedAt }) => recordedAt <= horizon).map(withoutLinkNo)
  const last = events.at(-1)
  return { events, next: last ? positionOf(last) : after }
}

export function positionOf({ recordedAt, contactId, eventId, kind }: FeedPosition): FeedPosition {
  return { recordedAt, contactId, eventId, kind }
}

// Behind it nothing can still commit: whatever is under way, or begins later, records at or after its own beginning.
async function findHorizon(db: Db, { now, clockTolerance = defaultTolerance }: FeedQuery): Promise<number> {
  const oldest = await db.oldestBegunAt()
  return Math.min(now, oldest ?? now) - 1 - clockTolerance
}

export interface ReceivedPart {
  /** From there on; from the beginning, or the end, when absent. */
  behind?: FeedPosition | undefined
  /** From this time of receipt on, in the direction asked for. */
  start?: number | undefined
  isBackward?: boolean
  limit: number
}

const forward = [sql`>=`, sql`>`, sql`<=`, sql`asc`] as const
const backward = [sql`<=`, sql`<`, sql`>=`, sql`desc`] as const

/**
 * So many events in the order of their receipt, with the names of what they are about. What says `account_id = ?` in other
 * statements is the start and the end of a walk through the index here: a planner that was told of no statistics, as after
 * a bulk load, takes equality for a handful of rows, and would collect and sort all of the account's.
 */
export async function readReceived(db: Reader, accountId: number, part: ReceivedPart): Promise<ReceivedEvent[]> {
  const { behind, isBackward = false, limit } = part
  const first = behind?.recordedAt ?? (isBackward ? Number.MAX_SAFE_INTEGER : 0)
  const start = isBackward ? Math.min(first, part.start ?? first) : Math.max(first, part.start ?? 0)
  const [from, past, upTo, way] = isBackward ? backward : forward
  const rest = behind
    ? sql`and (recorded_at, contact_id, event_id, kind) ${past} (${behind.recordedAt}, ${behind.contactId}, ${behind.eventId}, ${eventKinds[behind.kind]})`
    : sql``
  const rows = await db.tuples<Row>(sql`
    select e.recorded_at, e.contact_id, e.event_id, e.kind, e.campaign_id, e.details, c.name, l.url, e.link_no from (
      select recorded_at, contact_id, event_id, kind, campaign_id, link_no, details from event
      where (account_id, recorded_at) ${from} (${accountId}, ${start}) and account_id ${upTo} ${accountId} ${rest}
      order by account_id ${way}, recorded_at ${way}, contact_id ${way}, event_id ${way}, kind ${way} ${sqlLimit(limit)}
    ) e join campaign c on c.campaign_id = e.campaign_id
    left join link l on l.campaign_id = e.campaign_id and l.link_no = e.link_no
    order by e.recorded_at ${way}, e.contact_id ${way}, e.event_id ${way}, e.kind ${way}`)
  return rows.map(toEvent)
}

/** Clicks with the number of their link, where it has one. */
export interface ReceivedEvent extends HistoryEvent {
  linkNo?: number
}

export function withoutLinkNo({ linkNo: _linkNo, ...event }: ReceivedEvent): HistoryEvent {
  return event
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
  linkNo: number | null,
]

function toEvent([recordedAt, contactId, eventId, kind, campaignId, details, name, url, linkNo]: Row): ReceivedEvent {
  const { shift: _shift, ...more } = unpackDetails(details)
  return {
    eventId,
    contactId,
    campaignId,
    campaignName: name,
    kind: kindFromNumber(kind),
    at: eventIdTime(eventId),
    recordedAt,
    ...more,
    ...(url !== null && { url }),
    ...(linkNo !== null && { linkNo }),
  }
}
