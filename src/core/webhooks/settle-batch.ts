// What came of a batch, in one transaction: the position, what waits, the log, and the state of the endpoint.
// Used by deliver.ts.

import type { Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { insertAttempts } from './attempts.ts'
import type { Batch, DeliveryCounts, DeliveryHost, HeldWebhook, Item } from './deliver.ts'
import { deletePending, nextDueAt, savePending } from './pending.ts'
import type { Pending } from './pending.ts'
import { isHopeless, longestFailing, pauseAfter } from './retries.ts'
import type { FeedPosition } from '../events/feed.ts'
import { hastenPending } from './webhook.ts'
import type { Webhook } from './webhook.ts'

/** How often to look for events where there are none, in ms. */
const pollTime = 1000
/** An endpoint that accepts again after so long gets at once what waits. In ms. */
const outageTime = 5 * 60_000

interface EndpointState {
  position: FeedPosition
  failingSince: number | null
  acceptedAt: number | null
  lastProblem: string | null
  slowUntil: number | null
  /** Why it is disabled from now on. */
  reason: string | null
}

/** Says whether there is more to do at once; nothing is changed when somebody else has the endpoint. */
export async function settleBatch(
  host: DeliveryHost,
  held: HeldWebhook,
  webhook: Webhook,
  batch: Batch,
): Promise<boolean> {
  const now = host.now()
  const state = stateAfter(webhook, batch, now)
  const isResting = state.slowUntil !== null && state.slowUntil > now
  const hasMore = batch.hasMore && state.reason === null && !isResting
  const isSaved = await host.db.transaction(async (tx) => {
    const { accountId, endpointId } = held
    if (!(await saveState(tx, held, state))) return false
    for (const pending of batch.gone) await deletePending(tx, accountId, endpointId, pending)
    const tried = batch.items.filter(({ sent }) => sent !== undefined)
    for (const item of tried) await saveItem(tx, held, item, { ...state, hasWaiting: batch.hasWaiting }, now)
    await insertAttempts(tx, accountId, endpointId, tried.map(({ sent }) => sent!.attempt)) // oxfmt-ignore
    const isBack = webhook.failingSince !== null && state.failingSince === null && now - webhook.failingSince >= outageTime // oxfmt-ignore
    if (isBack) await hastenPending(tx, accountId, endpointId, now)
    if (!hasMore) await setDue(tx, held, state, now + pollTime)
    return true
  })
  if (isSaved && host.counts) count(host.counts, batch, state, now)
  const { reason } = state
  if (isSaved && reason !== null) host.log.warn({ reason, webhook: held.endpointId, account: held.accountId }, 'a webhook was disabled') // oxfmt-ignore
  return isSaved && hasMore
}

function count(counts: DeliveryCounts, { items }: Batch, state: EndpointState, now: number): void {
  for (const { sent, pending } of items) {
    if (sent === undefined) continue
    if (sent.problem === undefined) counts.accepted++
    else if (isDropped(pending, state, now)) counts.dropped++
    else counts.failed++
  }
  if (state.reason !== null) counts.disabled++
}

/** Whether what failed now is not tried again. */
function isDropped(pending: Pending | undefined, { acceptedAt }: EndpointState, now: number): boolean {
  return isHopeless((pending?.attempts ?? 0) + 1, pending?.failedAt ?? now, acceptedAt)
}

function stateAfter(webhook: Webhook, batch: Batch, now: number): EndpointState {
  const sent = batch.items.flatMap((item) => item.sent ?? [])
  const isAccepted = sent.some(({ problem }) => problem === undefined)
  const failed = sent.findLast(({ problem }) => problem !== undefined)
  const rests = sent.flatMap(({ rest }) => rest ?? [])
  const failingSince = isAccepted ? null : (webhook.failingSince ?? (failed ? now : null))
  const lastProblem = failed?.problem ?? webhook.lastProblem
  const isGone = sent.some(({ status }) => status === 410)
  const isGivenUp = failed !== undefined && failingSince !== null && now - failingSince >= longestFailing
  return {
    position: positionAfter(webhook, batch),
    failingSince,
    acceptedAt: isAccepted ? now : webhook.acceptedAt,
    lastProblem,
    slowUntil: rests.length > 0 ? now + Math.max(...rests) : webhook.slowUntil,
    reason: isGone ? 'it answered 410: gone' : isGivenUp ? `it accepted nothing for five days; at last: ${lastProblem}` : null, // oxfmt-ignore
  }
}

// Behind what was tried, up to the first of the feed's that was not.
function positionAfter({ position }: Webhook, { items, next }: Batch): FeedPosition {
  const fresh = items.filter(({ pending }) => pending === undefined)
  const untried = fresh.findIndex(({ sent }) => sent === undefined)
  if (untried < 0) return next ?? position
  const last = fresh[untried - 1]?.event
  return last ? { recordedAt: last.recordedAt, contactId: last.contactId, eventId: last.eventId, kind: last.kind } : position // oxfmt-ignore
}

async function saveState(
  tx: Tx,
  { accountId, endpointId, holder }: HeldWebhook,
  { position, failingSince, acceptedAt, lastProblem, slowUntil, reason }: EndpointState,
): Promise<boolean> {
  const saved = await tx.run(sql`
    update webhook_endpoint set position = ${JSON.stringify(position)}, failing_since = ${failingSince}, accepted_at = ${acceptedAt},
      last_problem = ${lastProblem}, slow_until = ${slowUntil}, state = ${reason === null ? 'active' : 'disabled'}, reason = ${reason}
    where endpoint_id = ${endpointId} and account_id = ${accountId} and holder = ${holder}`)
  return saved > 0
}

async function saveItem(
  tx: Tx,
  { accountId, endpointId }: HeldWebhook,
  { event, pending, sent }: Item,
  state: EndpointState & Pick<Batch, 'hasWaiting'>,
  now: number,
): Promise<void> {
  const { slowUntil, hasWaiting } = state
  const { contactId, kind, eventId } = event
  const attempts = (pending?.attempts ?? 0) + 1
  const failedAt = pending?.failedAt ?? now
  if (sent!.problem === undefined || isDropped(pending, state, now)) {
    if (hasWaiting) await deletePending(tx, accountId, endpointId, { contactId, kind, eventId })
    return
  }
  const dueAt = Math.max(now + pauseAfter(attempts, Math.random()), slowUntil ?? 0)
  await savePending(tx, accountId, endpointId, { contactId, kind, eventId, attempts, failedAt, dueAt })
}

async function setDue(
  tx: Tx,
  { accountId, endpointId, holder }: HeldWebhook,
  { slowUntil }: EndpointState,
  at: number,
): Promise<void> {
  const waiting = await nextDueAt(tx, accountId, endpointId)
  const dueAt = Math.max(Math.min(at, waiting ?? at), slowUntil ?? 0)
  await tx.run(sql`
    update webhook_endpoint set due_at = ${dueAt}, holder = null
    where endpoint_id = ${endpointId} and account_id = ${accountId} and holder = ${holder}`)
}
