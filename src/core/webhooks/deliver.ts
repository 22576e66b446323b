// One endpoint's turn: what waits and is due, then what the feed has behind its position, a few at once; then all that
// came of it in one transaction. A crash before that repeats the requests under the same `webhook-id`. Used by courier.ts.

import type { Db } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'
import { followFeed } from '../events/feed.ts'
import type { FeedPosition } from '../events/feed.ts'
import { findEvent } from '../events/history.ts'
import type { HistoryEvent } from '../events/history.ts'
import type { Log } from '../../log.ts'
import { findVerdictsOf, isJudged } from '../verdicts/hidden.ts'
import { listAttempts } from './attempts.ts'
import { eventRef, messageIdOf, renderPayload } from './payload.ts'
import { listDue } from './pending.ts'
import type { Pending } from './pending.ts'
import { postWebhook } from './post-webhook.ts'
import type { Outbound, Sent } from './post-webhook.ts'
import { settleBatch } from './settle-batch.ts'
import { countPending, findWebhook } from './webhook.ts'
import type { Webhook } from './webhook.ts'

export interface DeliveryHost extends Outbound {
  db: Db
  log: Log
  /** How far apart the clocks of the machines may be, in ms; the feed's usual when absent. */
  clockTolerance?: number | undefined
  /** What became of requests, added up. */
  counts?: DeliveryCounts
  /** How many events may wait for one endpoint before it gets no new ones; for tests. */
  maxPending?: number
}

/** Requests that were made, by what became of them. */
export interface DeliveryCounts {
  accepted: number
  /** To be tried again. */
  failed: number
  /** Tried to the end of the schedule, while others were accepted. */
  dropped: number
  /** Endpoints that were disabled because of it. */
  disabled: number
}

/** An endpoint that its holder may deliver to. */
export interface HeldWebhook {
  accountId: number
  endpointId: string
  holder: string
}

/** Requests under way to one endpoint. */
const concurrency = 4
/** Events of one batch; the lease is renewed and everything saved after each. */
const batchSize = 50
/** No request of a batch begins so long after the first, in ms. */
const batchTime = 5000
/** So many may wait before the position stops, and new events stay in the feed. */
const maxWaiting = 1000
/** Then one of them is tried so long after whatever was tried last, in ms. */
const probeTime = 15 * 60_000

/** One event on its way. */
export interface Item {
  event: HistoryEvent
  /** Its row, when it failed before. */
  pending: Pending | undefined
  /** Undefined: not tried, or cut short. */
  sent?: Sent | undefined
}

export interface Batch {
  items: Item[]
  /** Rows whose event is gone: erased, or pruned. */
  gone: Pending[]
  /** Events wait, among them perhaps some of those that were read from the feed again. */
  hasWaiting: boolean
  /** Where the feed goes on behind all items; undefined when it was not read. */
  next: FeedPosition | undefined
  /** There is more to do at once. */
  hasMore: boolean
}

/** Does one batch; says whether there is more to do at once. */
export async function deliverBatch(host: DeliveryHost, held: HeldWebhook, signal: AbortSignal): Promise<boolean> {
  const webhook = await findWebhook(host.db, held.accountId, held.endpointId)
  if (!webhook || webhook.state === 'disabled') return false
  const isResting = webhook.slowUntil !== null && webhook.slowUntil > host.now()
  const batch: Batch = isResting ? { items: [], gone: [], hasWaiting: true, next: undefined, hasMore: false } : await gather(host, webhook) // oxfmt-ignore
  const wasStopped = await sendAll(host, webhook, batch.items, signal)
  return settleBatch(host, held, webhook, wasStopped ? { ...batch, hasMore: !signal.aborted } : batch)
}

async function gather(
  { db, now, clockTolerance, maxPending = maxWaiting }: DeliveryHost,
  webhook: Webhook,
): Promise<Batch> {
  // oxfmt-ignore
  const { accountId, endpointId, kinds, position } = webhook
  const items: Item[] = []
  const gone: Pending[] = []
  const due = await listDue(db, accountId, endpointId, now(), batchSize)
  const waiting = await countPending(db, accountId, endpointId)
  if (waiting >= maxPending && due.length === 0) due.push(...(await findProbe(db, webhook, now())))
  for (const pending of due) {
    const event = await findEvent(db, accountId, pending)
    if (event) items.push({ event, pending })
    else gone.push(pending)
  }
  const room = Math.min(batchSize - due.length, maxPending - waiting)
  const known = { items, gone, hasWaiting: waiting > 0 }
  if (room <= 0) return { ...known, next: undefined, hasMore: due.length === batchSize }
  const asked = { after: position, kinds: kinds.length > 0 ? kinds : undefined, limit: room, now: now(), ...(clockTolerance !== undefined && { clockTolerance }) } // oxfmt-ignore
  const { events, next, isCaughtUp } = await followFeed(db, accountId, asked)
  items.push(...events.map((event) => ({ event, pending: undefined })))
  return { ...known, next, hasMore: due.length === batchSize || !isCaughtUp }
}

// Where nothing new is tried, one of those that wait shows whether the endpoint is back before its long pause is over.
async function findProbe(db: Db, { accountId, endpointId }: Webhook, now: number): Promise<Pending[]> {
  const [last] = await listAttempts(db, accountId, endpointId, { limit: 1 })
  if (last && now - last.at < probeTime) return []
  return listDue(db, accountId, endpointId, Number.MAX_SAFE_INTEGER, 1)
}

/** Fills in what came of each; true when it stopped before the end. */
async function sendAll(host: DeliveryHost, webhook: Webhook, items: Item[], signal: AbortSignal): Promise<boolean> {
  if (items.length === 0) return false
  const { db } = host
  const { accountId, endpointId } = webhook
  const events = items.map(({ event }) => event)
  const verdicts = await findVerdictsOf(db, accountId, events.filter(({ kind }) => isJudged(kind))) // oxfmt-ignore
  const emails = await findEmails(db, webhook, events)
  const endAt = performance.now() + batchTime
  let at = 0
  let mustStop = false
  const work = async (): Promise<void> => {
    while (at < items.length && !mustStop && !signal.aborted && performance.now() < endAt) {
      const item = items[at++]!
      const { event, pending } = item
      const ref = eventRef(event)
      const { verdict } = verdicts.get(`${event.contactId} ${event.kind} ${event.eventId}`) ?? {}
      const body = renderPayload(event, { email: emails.get(event.contactId), verdict })
      const message = { id: messageIdOf(endpointId, ref), eventRef: ref, attemptNo: (pending?.attempts ?? 0) + 1, body }
      item.sent = await postWebhook(host, webhook, message, signal)
      if (item.sent?.rest !== undefined || item.sent?.status === 410) mustStop = true
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
  return items.some(({ sent }) => sent === undefined)
}

async function findEmails(
  db: Db,
  { accountId, includesEmail }: Webhook,
  events: readonly HistoryEvent[],
): Promise<Map<number, string>> {
  // oxfmt-ignore
  if (!includesEmail || events.length === 0) return new Map()
  const contactIds = [...new Set(events.map(({ contactId }) => contactId))]
  const rows = await db.tuples<[contactId: number, email: string]>(sql`
    select contact_id, email from contact where contact_id in ${sqlList(contactIds)} and +account_id = ${accountId}`)
  return new Map(rows)
}

/** Renews the lease while requests are under way; false when somebody else has it. */
export async function keepHeld(
  { db }: Pick<DeliveryHost, 'db'>,
  { accountId, endpointId, holder }: HeldWebhook,
  until: number,
): Promise<boolean> {
  // oxfmt-ignore
  const kept = await db.transaction((tx) =>
    tx.run(sql`
      update webhook_endpoint set due_at = ${until}
      where endpoint_id = ${endpointId} and account_id = ${accountId} and holder = ${holder}`),
  )
  return kept > 0
}
