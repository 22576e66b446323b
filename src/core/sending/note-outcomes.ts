// What became of messages, into the ledger and the outbox at once: `send` and `delivery` for what was accepted, `send` and
// `bounce` for what was refused, another try for what was deferred. Called by the sender, for several messages at once.

import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { classifyReply } from '../../mail/bounces/classify-reply.ts'
import type { Judgement } from '../../mail/bounces/classify-reply.ts'
import type { Accepted, NotSent, Refused, SmtpOutcome } from '../../mail/smtp-outcome.ts'
import type { NewEvent } from '../events/new-event.ts'
import { record } from '../events/record.ts'
import { noteBounce } from '../suppressions/hold.ts'
import { findRunToChange } from './campaign-run.ts'
import { deliveryKey } from './delivery-key.ts'
import { changeMessages, stateChange } from './outgoing.ts'
import type { Outgoing } from './outgoing.ts'
import { nextTryAt, retryPauses } from './retry-schedule.ts'

export interface Outcome {
  outgoing: Outgoing
  /** When it was first tried, this time being one. */
  firstTriedAt: number
  /** Its Message-ID, without brackets. */
  messageId: string
  /** Whether it belongs on the contact's timeline: not what went to a friend, nor a test. */
  isOnTimeline: boolean
  result: SmtpOutcome
}

/** How long a message waits that could not be handed over for reasons of the relay. In ms. */
const relayPause = 30_000

export function noteOutcomes(
  db: Db,
  outcomes: readonly Outcome[],
  now: () => number,
  pauses: readonly number[] = retryPauses,
): Promise<void> {
  return db.transaction(async (tx) => {
    const at = now()
    for (const [accountId, some] of Map.groupBy(outcomes, ({ outgoing }) => outgoing.accountId)) {
      const judged = some.map((outcome) => ({ ...outcome, ...judge(outcome, at, pauses) }))
      const events = judged.filter(({ isOnTimeline }) => isOnTimeline).flatMap(({ events: list }) => list)
      const recorded = events.length > 0 ? await record(tx, accountId, events, at) : []
      const erased = new Set(
        events.filter((_, i) => recorded[i]!.outcome === 'unknown-contact').map(({ contactId }) => contactId),
      )
      await writeStates(tx, accountId, judged, at)
      for (const { outgoing, isOnTimeline, bounce, result } of judged)
        if (bounce && isOnTimeline && !erased.has(outgoing.contactId))
          await noteBounce(tx, accountId, { contactId: outgoing.contactId, ...bounce, at: result.at }, at)
    }
  })
}

type Deferred = Extract<SmtpOutcome, { kind: 'deferred' }>

interface Judged {
  events: NewEvent[]
  bounce?: { code: Judgement['letter']; severity: Judgement['severity']; message: string }
  /** Undefined: it is over, in the way of its result. */
  retryAt?: number | undefined
}

function judge(outcome: Outcome, now: number, pauses: readonly number[]): Judged {
  const { result, outgoing, firstTriedAt } = outcome
  if (result.kind === 'accepted') return { events: [sendEvent(outcome, result.at), deliveryEvent(outcome, result)] }
  if (result.kind === 'refused') return bounced(outcome, result)
  if (result.kind === 'notSent') return { events: [], retryAt: result.reason === 'stale' ? now : now + relayPause }
  if (result.kind === 'unknown') return { events: [] }
  const retryAt = nextTryAt(outgoing.attempts + 1, firstTriedAt, now, pauses)
  return retryAt === undefined ? bounced(outcome, result) : { events: [], retryAt }
}

function bounced(outcome: Outcome, { stage, code, status, reply, at }: Refused | Deferred): Judged {
  const { letter, severity } = classifyReply({ code, status, text: reply, stage: stage === 'message' ? 'data' : stage })
  const message = reply.slice(0, 500)
  const event = {
    ...eventOf(outcome, at),
    kind: 'bounce' as const,
    code: letter,
    message,
    status,
    key: `relay ${outcome.outgoing.sendId} bounce`,
  }
  return {
    events: [sendEvent(outcome, at), event],
    bounce: { code: letter, severity, message },
  }
}

type Common = Pick<NewEvent, 'contactId' | 'campaignId' | 'at' | 'source'>

function eventOf({ outgoing: { contactId, campaignId } }: Outcome, at: number): Common {
  return { contactId, campaignId, at, source: 'relay' }
}

function sendEvent(outcome: Outcome, at: number): NewEvent {
  const { messageId, outgoing } = outcome
  return {
    ...eventOf(outcome, at),
    kind: 'send',
    messageId,
    sendNo: outgoing.sendNo,
    key: `relay ${outgoing.sendId} send`,
  }
}

function deliveryEvent(outcome: Outcome, { at, status, reply, queueId, peer }: Accepted): NewEvent {
  return {
    ...eventOf(outcome, at),
    kind: 'delivery',
    status,
    message: reply.slice(0, 500),
    server: `${peer.name} [${peer.address}]:${peer.port}`,
    tls: peer.tls && `${peer.tls.version} ${peer.tls.cipher}`,
    queueId,
    key: deliveryKey(outcome.outgoing.sendId),
  }
}

/** Another process may have taken the sender for dead, and the message for one whose fate nobody knows. */
const undecided = sql`and state in ('in-flight', 'unknown')`
/** An operator may even have put it back into the queue: now that its end is known, nobody needs to try again. */
const notEnded = sql`and state in ('in-flight', 'unknown', 'pending', 'claimed', 'deferred')`
const ends = { accepted: 'accepted', refused: 'failed', deferred: 'failed', unknown: 'unknown' } as const

async function writeStates(
  tx: Tx,
  accountId: number,
  judged: readonly (Outcome & Judged)[],
  now: number,
): Promise<void> {
  // Most are accepted, and all of these get the same.
  const accepted = judged.filter(({ result }) => result.kind === 'accepted')
  await changeMessages(
    tx,
    accountId,
    accepted.map(({ outgoing }) => outgoing),
    stateChange('accepted', {}, now),
    notEnded,
  )
  const over = await findOver(tx, accountId, judged)
  for (const { outgoing, result, retryAt } of judged) {
    if (result.kind === 'accepted') continue
    const told = 'reply' in result ? { reply: result.reply, status: statusOf(result) } : { reply: result.detail }
    if (retryAt === undefined) {
      const end = ends[result.kind as keyof typeof ends]
      const condition = end === 'unknown' ? undecided : notEnded
      await changeMessages(tx, accountId, [outgoing], stateChange(end, told, now), condition)
    } else if (over.has(outgoing.campaignId))
      await changeMessages(tx, accountId, [outgoing], stateChange('cancelled', told, now), undecided)
    else await putBack(tx, accountId, outgoing, { ...told, isTried: result.kind === 'deferred', retryAt })
  }
}

// Campaigns that were cancelled while messages of theirs were being handed over: those are not tried again. The lock keeps
// a cancellation out until the others are back in the queue, where it finds them.
async function findOver(tx: Tx, accountId: number, judged: readonly (Outcome & Judged)[]): Promise<Set<number>> {
  const retried = judged.filter(({ retryAt }) => retryAt !== undefined).map(({ outgoing }) => outgoing.campaignId)
  const over = new Set<number>()
  for (const campaignId of new Set(retried)) {
    const run = await findRunToChange(tx, accountId, campaignId)
    if (run?.state === 'cancelling' || run?.state === 'done') over.add(campaignId)
  }
  return over
}

function statusOf(result: Accepted | Deferred | Refused | NotSent): string | undefined {
  return 'status' in result ? result.status : undefined
}

async function putBack(
  tx: Tx,
  accountId: number,
  outgoing: Outgoing,
  told: { reply?: string | undefined; status?: string | undefined; isTried: boolean; retryAt: number },
): Promise<void> {
  const { reply = null, status = null, isTried, retryAt } = told
  // What never reached the relay was no attempt.
  const attempts = isTried ? outgoing.attempts + 1 : outgoing.attempts
  const firstTriedAt = attempts > 0 ? sql`first_tried_at` : sql`null`
  await changeMessages(
    tx,
    accountId,
    [outgoing],
    sql`state = ${attempts > 0 ? 'deferred' : 'pending'}, holder = null, due_at = ${retryAt}, attempts = ${attempts},
      first_tried_at = ${firstTriedAt}, reply = ${reply}, status = ${status}`,
    undecided,
  )
}
