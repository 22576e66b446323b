// The last look before a message is handed over: is it still ours, may its contact still have it, does its campaign still
// go out. What passes is in flight from the commit on. Called by the sender, for several messages at once.

import type { Db, Tx } from '../../db/db.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import type { ContactStatus } from '../contacts/contact.ts'
import type { RunState } from './campaign-run.ts'
import { recordHeld } from './freeze-recipients.ts'
import { findRefusals } from './may-send.ts'
import type { Refusal } from './may-send.ts'
import { cancelledReply, changeMessages, markInFlight, nameOf, stateChange, stillClaimed } from './outgoing.ts'
import type { Outgoing, OutgoingKey } from './outgoing.ts'

export interface ReadyMessage {
  outgoing: Outgoing
  /** The contact asked for it, so opting out of campaigns does not stop it. */
  isWanted: boolean
}

/** `go`: hand it over. `not-now`: given back. `never`: its end is written down. `lost`: it is somebody else's by now. */
export type Clearance = 'go' | 'not-now' | 'never' | 'lost'

/** Answers for each, in the order given. */
export function takeOff(
  db: Db,
  holder: string,
  ready: readonly ReadyMessage[],
  now: () => number,
): Promise<Clearance[]> {
  return db.transaction(async (tx) => {
    const at = now()
    const runs = await findRuns(tx, ready)
    const clearances = new Map<ReadyMessage, Clearance>()
    for (const [accountId, ofAccount] of Map.groupBy(ready, ({ outgoing }) => outgoing.accountId)) {
      const inState = (...some: (RunState | undefined)[]): ReadyMessage[] =>
        ofAccount.filter(({ outgoing }) => some.includes(stateFor(outgoing, runs.get(outgoing.campaignId))))
      const paused = inState('paused', 'freezing')
      await giveBack(
        tx,
        accountId,
        holder,
        paused.map(({ outgoing }) => outgoing),
        at,
      )
      for (const message of paused) clearances.set(message, 'not-now')
      const over = inState('cancelling', 'done', undefined)
      await changeMessages(
        tx,
        accountId,
        over.map(({ outgoing }) => outgoing),
        stateChange('cancelled', { reply: cancelledReply }, at),
        stillClaimed(holder),
      )
      for (const message of over) clearances.set(message, 'never')
      const going = inState('running', 'trailing')
      const refusals = await refuseSome(tx, accountId, holder, going, runs, at)
      for (const message of going) if (refusals.has(message)) clearances.set(message, 'never')
      const left = going.filter((message) => !refusals.has(message))
      const marked = await markInFlight(
        tx,
        accountId,
        holder,
        left.map(({ outgoing }) => outgoing),
        at,
      )
      for (const message of left) clearances.set(message, marked.has(nameOf(message.outgoing)) ? 'go' : 'lost')
    }
    return ready.map((message) => clearances.get(message)!)
  })
}

/**
 * They are as if never claimed, to be taken again from `dueAt` on; with `isUnsaid` also those that are in flight, because the
 * process knows that it has not said a word about them.
 */
export async function giveBack(
  tx: Tx,
  accountId: number,
  holder: string,
  messages: readonly (OutgoingKey & Pick<Outgoing, 'attempts'>)[],
  dueAt: number,
  { isUnsaid = false } = {},
): Promise<void> {
  const condition = isUnsaid ? sql`and holder = ${holder} and state in ('claimed', 'in-flight')` : stillClaimed(holder)
  for (const [attempts, some] of Map.groupBy(messages, (message) => message.attempts)) {
    const state = attempts > 0 ? 'deferred' : 'pending'
    const change = sql`state = ${state}, holder = null, due_at = ${dueAt}, attempts = ${attempts}`
    await changeMessages(tx, accountId, some, change, condition)
  }
}

interface Run {
  state: RunState
  runNo: number
  /** Undefined: the campaign is gone. */
  campaignStatus: string | undefined
}

async function findRuns(tx: Tx, ready: readonly ReadyMessage[]): Promise<Map<number, Run>> {
  const ids = [...new Set(ready.map(({ outgoing }) => outgoing.campaignId))]
  const runs = new Map<number, Run>()
  for (const part of inParts(ids, 256)) {
    const statuses = new Map(
      await tx.tuples<[campaignId: number, status: string]>(
        sql`select campaign_id, status from campaign where campaign_id in ${sqlList(part)}`,
      ),
    )
    const rows = await tx.tuples<[campaignId: number, state: RunState, runNo: number]>(
      sql`select campaign_id, state, run_no from campaign_run where campaign_id in ${sqlList(part)}`,
    )
    for (const [campaignId, state, runNo] of rows)
      runs.set(campaignId, { state, runNo, campaignStatus: statuses.get(campaignId) })
  }
  return runs
}

// A test of a cancelled campaign goes out, and so its run goes on; the campaign's own messages never do.
function stateFor({ message }: Outgoing, run: Run | undefined): RunState | undefined {
  const isOver = ['cancelled', 'deleted', undefined].includes(run?.campaignStatus)
  return isOver && message === null ? 'done' : run?.state
}

async function refuseSome(
  tx: Tx,
  accountId: number,
  holder: string,
  messages: readonly ReadyMessage[],
  runs: ReadonlyMap<number, Run>,
  now: number,
): Promise<Map<ReadyMessage, Refusal>> {
  const refused = new Map<ReadyMessage, Refusal>()
  // Friends of a contact and those who look at a test have been checked where they were named.
  const toContacts = messages.filter(({ outgoing }) => outgoing.recipient === null)
  const contacts = await findStatuses(
    tx,
    accountId,
    toContacts.map(({ outgoing }) => outgoing.contactId),
  )
  for (const [isWanted, some] of Map.groupBy(toContacts, (message) => message.isWanted)) {
    const known = some.flatMap(({ outgoing }) => contacts.get(outgoing.contactId) ?? [])
    const refusals = await findRefusals(tx, accountId, known, now, { isWanted })
    for (const message of some) {
      const { contactId, campaignId } = message.outgoing
      const refusal = contacts.has(contactId)
        ? refusals.get(contactId)
        : ({ why: 'skipped', reply: 'the contact was erased' } as const)
      if (!refusal) continue
      refused.set(message, refusal)
      const change = stateChange(refusal.why, { reply: refusal.reply }, now)
      const changed = await changeMessages(tx, accountId, [message.outgoing], change, stillClaimed(holder))
      if (changed.size === 0) continue
      const { runNo } = runs.get(campaignId)!
      await recordHeld(tx, accountId, { campaignId, runNo }, [contactId], refusals, now)
    }
  }
  return refused
}

interface ContactState {
  contactId: number
  email: string
  status: ContactStatus
}

async function findStatuses(tx: Tx, accountId: number, ids: readonly number[]): Promise<Map<number, ContactState>> {
  const found = new Map<number, ContactState>()
  for (const part of inParts(ids, 256)) {
    const rows = await tx.all<ContactState>(sql`
      select contact_id as "contactId", email, status from contact
      where contact_id in ${sqlList(part)} and +account_id = ${accountId}`)
    for (const row of rows) found.set(row.contactId, row)
  }
  return found
}
