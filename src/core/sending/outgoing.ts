// One message to one contact on its way out: the rows of the outbox and how they change hands. Everything a crash must not
// lose or repeat is in these states (docs/sending.md). Used by the sender, the freeze and the clean-up.

import type { Reader, Tx } from '../../db/db.ts'
import { inParts, sql, sqlAny, sqlLimit, sqlList } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'

/**
 * - `pending`: nobody has tried it. `claimed`: a process has taken it and done nothing yet. `in-flight`: the process was
 *   about to speak, or has spoken: only it knows.
 * - `deferred`: refused for now, to be tried again. `accepted`: the server took it over. `failed`: refused for good.
 * - `unknown`: the connection or the process ended when it may or may not have been taken. Never sent again by itself.
 * - `skipped`: not sent because of the contact. `held`: not sent because mail to it came back. `cancelled`: by the owner.
 */
export const outgoingStates = [
  'pending',
  'claimed',
  'in-flight',
  'deferred',
  'accepted',
  'failed',
  'unknown',
  'skipped',
  'held',
  'cancelled',
] as const
export const cancelledReply = 'the campaign was cancelled'
export type OutgoingState = (typeof outgoingStates)[number]

/** What names a message. */
export interface OutgoingKey {
  campaignId: number
  contactId: number
  sendNo: number
}

export interface Outgoing extends OutgoingKey {
  accountId: number
  sendId: string
  attempts: number
  firstTriedAt: number | null
  /** Null where it goes to the contact's own address. */
  recipient: string | null
  /** JSON of a message of its own (single-message.ts); null for a campaign's. */
  message: string | null
}

/** Whether there is anything for claimMessages. */
export async function hasDue(
  db: Reader,
  { accountId, campaignId }: { accountId: number; campaignId: number },
  now: number,
): Promise<boolean> {
  for (const state of ['pending', 'deferred']) {
    const any = await db.one(sql`
      select 1 from outgoing
      where campaign_id = ${campaignId} and state = ${state} and due_at <= ${now} and +account_id = ${accountId} limit 1`)
    if (any) return true
  }
  return false
}

/** Takes messages that are due, first tries before later ones, for one process; nobody else gets them while it is alive. */
export async function claimMessages(
  tx: Tx,
  holder: string,
  campaign: { accountId: number; campaignId: number },
  limit: number,
  now: number,
): Promise<Outgoing[]> {
  const claimed: Outgoing[] = []
  for (const state of ['pending', 'deferred']) {
    const rows = await tx.all<Outgoing>(sql`
      select campaign_id as "campaignId", contact_id as "contactId", send_no as "sendNo", account_id as "accountId",
        send_id as "sendId", attempts, first_tried_at as "firstTriedAt", recipient, message
      from outgoing
      where campaign_id = ${campaign.campaignId} and state = ${state} and due_at <= ${now} and +account_id = ${campaign.accountId}
      order by due_at, contact_id ${sqlLimit(limit - claimed.length)} ${tx.forUpdate} ${tx.skipLocked}`)
    await changeMessages(
      tx,
      campaign.accountId,
      rows,
      sql`state = 'claimed', holder = ${holder}, due_at = null`,
      sql`and holder is null`,
    )
    claimed.push(...rows)
    if (claimed.length >= limit) break
  }
  return claimed
}

/**
 * Those of the messages that the process still has are in flight from the commit on; returns them by name. Run twice, after a
 * commit whose answer was lost, it says the same.
 */
export async function markInFlight(
  tx: Tx,
  accountId: number,
  holder: string,
  messages: readonly OutgoingKey[],
  now: number,
): Promise<Set<string>> {
  return changeMessages(
    tx,
    accountId,
    messages,
    sql`state = 'in-flight', attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, ${now})`,
    sql`and holder = ${holder} and state in ('claimed', 'in-flight')`,
  )
}

/** Sets columns of some messages and returns the names (nameOf) of those that were changed. */
export async function changeMessages(
  tx: Tx,
  accountId: number,
  messages: readonly OutgoingKey[],
  changes: Sql,
  condition: Sql = sql``,
): Promise<Set<string>> {
  const changed = new Set<string>()
  for (const [campaignId, ofCampaign] of Map.groupBy(messages, (message) => message.campaignId)) {
    for (const part of inParts(ofCampaign, 256)) {
      const byNo = Map.groupBy(part, ({ sendNo }) => sendNo)
      const any = [...byNo].map(
        ([sendNo, some]) =>
          sql`send_no = ${sendNo} and contact_id in ${sqlList(some.map(({ contactId }) => contactId))}`,
      )
      const rows = await tx.tuples<[contactId: number, sendNo: number]>(sql`
        update outgoing set ${changes}
        where campaign_id = ${campaignId} and account_id = ${accountId} and ${sqlAny(any)} ${condition}
        returning contact_id, send_no`)
      for (const [contactId, sendNo] of rows) changed.add(nameOf({ campaignId, contactId, sendNo }))
    }
  }
  return changed
}

export function nameOf({ campaignId, contactId, sendNo }: OutgoingKey): string {
  return `${campaignId}.${contactId}.${sendNo}`
}

/** Only those that the process has taken and done nothing with yet. */
export function stillClaimed(holder: string): Sql {
  return sql`and holder = ${holder} and state = 'claimed'`
}

/** The end of a message, or of its wait, with what became of it. One that may have to be sent again keeps its text. */
export function stateChange(
  state: OutgoingState,
  told: { reply?: string | undefined; status?: string | undefined },
  now: number,
): Sql {
  // What may have to be sent again keeps what it takes for that.
  const text = state === 'unknown' ? sql`` : sql`message = null, recipient = null,`
  return sql`state = ${state}, holder = null, due_at = null, ended_at = ${now}, ${text}
    reply = ${told.reply ?? null}, status = ${told.status ?? null}`
}
