// What came in last, or first? An account's events by when they were recorded, page by page. Read by the faces.

import type { Reader } from '../../db/db.ts'
import { findVerdictsOf, isJudged } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'
import type { EventKind } from './event.ts'
import { positionOf, readReceived, withoutLinkNo } from './feed.ts'
import type { FeedPosition, ReceivedEvent } from './feed.ts'
import type { HistoryEvent } from './history.ts'
import { kindsThatFit } from './history.ts'

export interface ReceivedQuery {
  /** Only these kinds; all when absent. */
  kinds?: readonly EventKind[] | undefined
  campaignId?: number | undefined
  /** Only clicks on this link of `campaignId`. */
  linkNo?: number | undefined
  /** What happened at or after this time, epoch ms. */
  from?: number | undefined
  /** What happened before this time, epoch ms. */
  until?: number | undefined
  /** Recorded at or after this time, epoch ms. */
  recordedFrom?: number | undefined
  /** Recorded before this time, epoch ms. */
  recordedUntil?: number | undefined
  /** Verdicts whose opens and clicks are left out; none when absent. */
  hidden?: Hidden | undefined
  /** Verdicts whose opens and clicks alone are shown. */
  only?: Hidden | undefined
  /** Continue behind this event, in the direction asked for. */
  after?: FeedPosition | undefined
  /** By time of receipt. */
  order?: 'newest-first' | 'oldest-first' | undefined
  limit: number
}

export interface ReceivedPage {
  events: HistoryEvent[]
  /** Undefined on the last page. A page may be short, or empty, and not the last. */
  next: FeedPosition | undefined
}

/** One page looks at no more events than this, however few of them fit. */
const maxExamined = 2000
/** Looked at in one statement. */
const maxStep = 500
/** No event is from later than a day after its receipt (event.ts), and the few ms by which equal ones are moved apart. */
const earliness = 25 * 3_600_000

/** Empty when nothing was recorded in this account. */
export async function listReceived(db: Reader, accountId: number, query: ReceivedQuery): Promise<ReceivedPage> {
  const { limit } = query
  if (kindsThatFit(query).length === 0) return { events: [], next: undefined }
  const isBackward = query.order !== 'oldest-first'
  const low = Math.max(query.recordedFrom ?? 0, query.from === undefined ? 0 : query.from - earliness)
  const high = (query.recordedUntil ?? Number.MAX_SAFE_INTEGER) - 1
  const start = isBackward ? high : low
  const found: HistoryEvent[] = []
  let behind = query.after
  let step = Math.min(limit + 1, maxStep)
  for (let left = maxExamined; left > 0; step = Math.min(step * 2, maxStep, left)) {
    const events = await readReceived(db, accountId, { behind, start, isBackward, limit: step })
    const inside = events.filter(({ recordedAt }) => (isBackward ? recordedAt >= low : recordedAt <= high))
    for (const event of await thatFit(db, accountId, query, inside)) {
      if (found.length === limit) return { events: found, next: positionOf(found.at(-1)!) }
      found.push(withoutLinkNo(event))
    }
    if (events.length < step || inside.length < events.length) return { events: found, next: undefined }
    behind = positionOf(events.at(-1)!)
    left -= step
  }
  return { events: found, next: behind }
}

async function thatFit(
  db: Reader,
  accountId: number,
  query: ReceivedQuery,
  events: readonly ReceivedEvent[],
): Promise<ReceivedEvent[]> {
  const { campaignId, linkNo, from = 0, until = Infinity, hidden, only } = query
  const kinds = new Set(kindsThatFit(query))
  const some = events.filter(
    (event) =>
      kinds.has(event.kind) &&
      (campaignId === undefined || event.campaignId === campaignId) &&
      (linkNo === undefined || event.linkNo === linkNo) &&
      event.at >= from &&
      event.at < until,
  )
  if (!hidden?.length && !only) return some
  const verdicts = await findVerdictsOf(db, accountId, some.filter(({ kind }) => isJudged(kind))) // oxfmt-ignore
  return some.filter(({ contactId, kind, eventId }) => {
    const verdict = verdicts.get(`${contactId} ${kind} ${eventId}`)?.verdict
    return only ? only.some((one) => one === verdict) : !hidden!.some((one) => one === verdict)
  })
}
