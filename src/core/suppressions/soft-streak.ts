// Whether a contact's mail has come back softly so often that it had better rest. Read from the ledger, so that a report
// that comes twice or late changes nothing. Used by hold.ts.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { unpackDetails } from '../events/details.ts'
import { earliestEventAt, eventIdTime, eventKinds, firstEventIdAt } from '../events/event.ts'
import type { BounceCode } from '../events/event.ts'

/** So many in a row, the first and the last at least so far apart in ms. */
const streak = 5
const streakTime = 14 * 86_400_000
/** Bounces by name only: automatic replies arrived, and what was suspended was never sent. */
const countsNothing = new Set<BounceCode | undefined>(['V', 'S'])
/** Read to find the last real ones among them. */
const perRead = 50

/**
 * True when the last five bounces from `since` up to `at` span 14 days or more and, since the first of them, nothing was delivered that
 * did not come back, and nothing was opened or clicked by a person.
 */
export async function countsAsSoftStreak(
  db: Reader,
  accountId: number,
  contactId: number,
  since: number,
  at: number,
): Promise<boolean> {
  const rows = await db.tuples<[eventId: number, campaignId: number, details: string | null]>(sql`
    select event_id, campaign_id, details from event
    where contact_id = ${contactId} and kind = ${eventKinds.bounce} and event_id < ${firstEventIdAt(at + 1)} and event_id >= ${firstEventIdAt(Math.max(since, earliestEventAt))}
      and +account_id = ${accountId} order by event_id desc ${sqlLimit(perRead)}`)
  const bounces = rows.filter(([, , details]) => !countsNothing.has(unpackDetails(details).code)).slice(0, streak)
  if (bounces.length < streak) return false
  const [firstId] = bounces.at(-1)!
  const [lastId] = bounces[0]!
  if (eventIdTime(lastId) - eventIdTime(firstId) < streakTime) return false
  const campaigns = Map.groupBy(bounces, ([, campaignId]) => campaignId)
  return (
    !(await wasReadSince(db, accountId, contactId, firstId)) &&
    !(await arrivedSince(db, accountId, contactId, firstId, campaigns))
  )
}

async function wasReadSince(db: Reader, accountId: number, contactId: number, eventId: number): Promise<boolean> {
  for (const kind of [eventKinds.open, eventKinds.click]) {
    const read = await db.one(sql`
      select 1 from event e
      where e.contact_id = ${contactId} and e.kind = ${kind} and e.event_id > ${eventId} and +e.account_id = ${accountId}
        and not exists (select 1 from verdict v where v.contact_id = e.contact_id and v.kind = e.kind
          and v.event_id = e.event_id and v.verdict <> 'human')
      limit 1`)
    if (read) return true
  }
  return false
}

// The relay takes what comes back later: of each campaign only more than came back has arrived.
async function arrivedSince(
  db: Reader,
  accountId: number,
  contactId: number,
  eventId: number,
  bounced: ReadonlyMap<number, readonly unknown[]>,
): Promise<boolean> {
  const rows = await db.tuples<[campaignId: number, count: number]>(sql`
    select campaign_id, count(*) from event
    where contact_id = ${contactId} and kind = ${eventKinds.delivery} and event_id > ${eventId} and +account_id = ${accountId}
    group by campaign_id`)
  return rows.some(([campaignId, count]) => count > (bounced.get(campaignId)?.length ?? 0))
}
