// THE one way into the ledger. Called by the import, and later by tracking, sending, bounces and webhooks.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import { oldestKept } from '../accounts/settings.ts'
import { earliestEventAt, eventKinds, latestEventAt } from './event.ts'
import type { NewEvent, Recorded } from './new-event.ts'
import { recordEach } from './record-each.ts'
import { recordTogether } from './record-together.ts'

export type { NewEvent, Recorded } from './new-event.ts'

/**
 * Appends events inside the caller's transaction and answers for each, in the order given. Recording the same event
 * again changes nothing and says `duplicate`. Two different events of one kind, contact, campaign and millisecond are
 * kept a millisecond apart, because ids on the old wire carry no more than that (wire-2008 3.3). An event is recorded at
 * `now`, but not before the transaction began: feed.ts relies on that.
 */
export async function record(tx: Tx, accountId: number, events: readonly NewEvent[], now: number): Promise<Recorded[]> {
  const contacts = await knownContacts(tx, accountId, events)
  const { campaigns, eventDays } = await knownCampaigns(tx, accountId, events)
  const oldestAt = Math.max(earliestEventAt, oldestKept(eventDays, now))
  const results = Array.from<Recorded>({ length: events.length })
  const accepted: number[] = []
  for (const i of inKeyOrder(events)) {
    const event = events[i]!
    if (!contacts.has(event.contactId)) results[i] = { outcome: 'unknown-contact' }
    else if (!campaigns.has(event.campaignId)) results[i] = { outcome: 'unknown-campaign' }
    else if (!(event.at >= earliestEventAt && event.at <= latestEventAt(now)))
      results[i] = { outcome: 'time-out-of-range' }
    // What was pruned may come again, and would be counted again.
    else if (event.at < oldestAt) results[i] = { outcome: 'no-longer-kept' }
    else accepted.push(i)
  }
  const way = tx.isRemote ? recordTogether : recordEach
  const recorded = await way(
    tx,
    accountId,
    accepted.map((i) => events[i]!),
    Math.max(now, tx.begunAt),
  )
  recorded.forEach((result, n) => (results[accepted[n]!] = result))
  return results
}

// In the order of the primary key: neighbours share pages, and two writers lock in the same order.
function inKeyOrder(events: readonly NewEvent[]): number[] {
  const order = events.map((_, i) => i)
  return order.sort((i, j) => {
    const a = events[i]!
    const b = events[j]!
    return a.contactId - b.contactId || eventKinds[a.kind] - eventKinds[b.kind] || a.at - b.at || i - j
  })
}

async function knownContacts(tx: Tx, accountId: number, events: readonly NewEvent[]): Promise<Set<number>> {
  const known = new Set<number>()
  for (const part of inParts([...new Set(events.map((event) => event.contactId))], 512)) {
    const rows = await tx.tuples<[id: number]>(
      sql`select contact_id from contact where contact_id in ${sqlList(part)} and account_id = ${accountId}`,
    )
    for (const [id] of rows) known.add(id)
  }
  return known
}

/** And for how many days the account keeps events; undefined: for ever. */
async function knownCampaigns(
  tx: Tx,
  accountId: number,
  events: readonly NewEvent[],
): Promise<{ campaigns: Set<number>; eventDays: number | undefined }> {
  const campaigns = new Set<number>()
  let eventDays: number | undefined
  for (const part of inParts([...new Set(events.map((event) => event.campaignId))], 512)) {
    const rows = await tx.tuples<[id: number, eventDays: number | null]>(sql`
      select c.campaign_id, a.event_days from campaign c join account a on a.account_id = c.account_id
      where c.campaign_id in ${sqlList(part)} and c.account_id = ${accountId}`)
    for (const [id, days] of rows) {
      campaigns.add(id)
      eventDays = days ?? undefined
    }
  }
  return { campaigns, eventDays }
}
