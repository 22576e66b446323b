// What is new? An account's events in the order they were recorded, for whoever follows them from a cursor on.
// A reader that goes on behind the last event it was given misses none and is given none twice, also while several
// processes write: docs/decisions/005-postgres.md.

import type { Db } from '../../db/db.ts'
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
/** The first stretch of time that is looked through; each empty or short one is followed by one four times as long. */
const firstStretch = 1000

/** One page in the order of (recordedAt, contactId, eventId); fewer than `limit` when the rest may not be final yet. */
export async function listFeed(db: Db, accountId: number, query: FeedQuery): Promise<FeedPage> {
  const horizon = await findHorizon(db, query)
  const events: HistoryEvent[] = []
  let { after } = query
  let from = after?.recordedAt ?? 0
  for (let stretch = firstStretch; from <= horizon && events.length < query.limit; stretch *= 4) {
    const until = Math.min(from + stretch, horizon)
    const found = await listStretch(db, accountId, { after, from, until, limit: query.limit - events.length })
    events.push(...found)
    const last = found.at(-1)
    if (last) after = { recordedAt: last.recordedAt, contactId: last.contactId, eventId: last.eventId, kind: last.kind }
    from = until + 1
  }
  return { events, next: after }
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
  const rows = await db.tuples<Row>(sql`
    select e.recorded_at, e.contact_id, e.event_id, e.kind, e.campaign_id, e.details, c.name, l.url from (
      select recorded_at, contact_id, event_id, kind, campaign_id, link_no, details from event
      where account_id = ${accountId} and recorded_at >= ${from} and recorded_at <= ${until} ${behind}
      order by recorded_at, contact_id, event_id, kind ${sqlLimit(limit)}
    ) e join campaign c on c.campaign_id = e.campaign_id
    left join link l on l.campaign_id = e.campaign_id and l.link_no = e.link_no
    order by e.recorded_at, e.contact_id, e.event_id, e.kind`)
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
