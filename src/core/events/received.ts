// What came in last? An account's events by when they were recorded, latest first, page by page. Read by the faces.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { eventKinds } from './event.ts'
import type { EventKind } from './event.ts'
import { isCrowded, readRows } from './feed.ts'
import type { FeedPosition } from './feed.ts'
import type { HistoryEvent } from './history.ts'

export interface ReceivedQuery {
  /** Only these kinds; all when absent. */
  kinds?: readonly EventKind[] | undefined
  campaignId?: number | undefined
  /** Recorded at or after this time, epoch ms. */
  from?: number | undefined
  /** Recorded before this time, epoch ms. */
  until?: number | undefined
  /** Continue behind this event. */
  before?: FeedPosition | undefined
  limit: number
  now: number
}

export interface ReceivedPage {
  events: HistoryEvent[]
  /** Undefined on the last page. A page may be short, or empty, and not the last. */
  next: FeedPosition | undefined
}

/** One page looks at no more events than this, however few of them fit. */
const maxExamined = 2000
/** The first stretch of time that is looked through, in ms; each further one is four times as long. */
const firstStretch = 60_000
/** How far the clock of whoever records may be ahead of ours, in ms. */
const clockTolerance = 60_000
/** No stretch is cut further, however much was recorded in it. */
const shortest = 1000

/** Empty when nothing was recorded in this account. */
export async function listReceived(db: Reader, accountId: number, query: ReceivedQuery): Promise<ReceivedPage> {
  const { kinds, campaignId, limit } = query
  const fits = ({ kind, campaignId: of }: HistoryEvent): boolean =>
    (!kinds || kinds.includes(kind)) && (campaignId === undefined || of === campaignId)
  const first = query.from ?? 0
  const found: HistoryEvent[] = []
  let { before } = query
  let until = Math.min(before?.recordedAt ?? Infinity, (query.until ?? Infinity) - 1, query.now + clockTolerance)
  let left = maxExamined
  for (let stretch = firstStretch; until >= first && left > 0;) {
    const from = Math.max(first, until - stretch)
    if (until - from > shortest && (await isCrowded(db, accountId, from, until))) {
      stretch = Math.max(shortest, Math.floor((until - from) / 16))
      continue
    }
    const wanted = kinds || campaignId !== undefined ? left : Math.min(left, limit + 1 - found.length)
    const events = await listStretch(db, accountId, { before, from, until, limit: wanted })
    left -= events.length
    for (const event of events) {
      if (fits(event) && found.push(event) > limit)
        return { events: found.slice(0, limit), next: positionOf(found[limit - 1]!) }
      before = positionOf(event)
    }
    // What was cut off by the limit is looked at again from there.
    if (events.length < wanted) until = from - 1
    stretch *= 4
  }
  return { events: found, next: until >= first ? before : undefined }
}

function positionOf({ recordedAt, contactId, eventId, kind }: HistoryEvent): FeedPosition {
  return { recordedAt, contactId, eventId, kind }
}

async function listStretch(
  db: Reader,
  accountId: number,
  { before, from, until, limit }: { before: FeedPosition | undefined; from: number; until: number; limit: number },
): Promise<HistoryEvent[]> {
  const behind = before
    ? sql`and (recorded_at, contact_id, event_id, kind) < (${before.recordedAt}, ${before.contactId}, ${before.eventId}, ${eventKinds[before.kind]})`
    : sql``
  return readRows(
    db,
    sql`account_id = ${accountId} and recorded_at >= ${from} and recorded_at <= ${until} ${behind}
      order by recorded_at desc, contact_id desc, event_id desc, kind desc ${sqlLimit(limit)}`,
    sql`e.recorded_at desc, e.contact_id desc, e.event_id desc, e.kind desc`,
  )
}
