// The last look before a message is handed over: is it still ours, may its contact still have it, does its campaign still
// go out. What passes is in flight from the commit on. Called by the sender, for several messages at once.

import type { Db, Tx } from '../../db/db.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import type { ContactStatus } from '../contacts/contact.ts'
import type { RunState } from './campaign-run.ts'
import { recordHeld } from './freeze-recipients.ts'
import { findRefusals } from './may-send.ts'
import type { Refusal } from './may-send.ts'
import { cancelledReply, changeMessages, markInFlight, nameOf, stateChange } from './outgoing.ts'
import type { Outgoing } from './outgoing.ts'

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
    const states = await findStates(tx, ready)
    const clearances = new Map<ReadyMessage, Clearance>()
    for (const [accountId, ofAccount] of Map.groupBy(ready, ({ outgoing }) => outgoing.accountId)) {
      const inState = (...some: (RunState | undefined)[]): ReadyMessage[] =>
        ofAccount.filter(({ outgoing }) => some.includes(states.get(outgoing.campaignId)))
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
        sql`and holder = ${holder} and state = 'claimed'`,
      )
      for (const message of over) clearances.set(message, 'never')
      const going = inState('running', 'trailing')
      const refusals = await refuseSome(tx, accountId, going, at)
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

/** They are as if never claimed, to be taken again from `dueAt` on. */
export async function giveBack(
  tx: Tx,
  accountId: number,
  holder: string,
  messages: readonly Outgoing[],
  dueAt: number,
): Promise<void> {
  const states = Map.groupBy(messages, ({ attempts }) => (attempts > 0 ? 'deferred' : 'pending'))
  for (const [state, some] of states)
    await changeMessages(
      tx,
      accountId,
      some,
      sql`state = ${state}, holder = null, due_at = ${dueAt}`,
      sql`and holder = ${holder} and state = 'claimed'`,
    )
}

async function findStates(tx: Tx, ready: readonly ReadyMessage[]): Promise<Map<number, RunState>> {
  const ids = [...new Set(ready.map(({ outgoing }) => outgoing.campaignId))]
  const states = new Map<number, RunState>()
  for (const part of inParts(ids, 256)) {
    const rows = await tx.tuples<[campaignId: number, state: RunState]>(
      sql`select campaign_id, state from campaign_run where campaign_id in ${sqlList(part)}`,
    )
    for (const [campaignId, state] of rows) states.set(campaignId, state)
  }
  return states
}

async function refuseSome(
  tx: Tx,
  accountId: number,
  messages: readonly ReadyMessage[],
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
      const { contactId } = message.outgoing
      const refusal = contacts.has(contactId)
        ? refusals.get(contactId)
        : ({ why: 'skipped', reply: 'the contact was erased' } as const)
      if (!refusal) continue
      refused.set(message, refusal)
      await changeMessages(tx, accountId, [message.outgoing], stateChange(refusal.why, { reply: refusal.reply }, now))
      await recordHeld(tx, accountId, message.outgoing.campaignId, [contactId], refusals, now)
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
