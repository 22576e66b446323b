// What is still kept of the requests behind events: where they came from and by what program. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit, sqlList } from '../../db/sql.ts'
import { kindFromNumber } from '../events/event.ts'

export interface EventHit {
  /** As much of it as is kept. */
  ip: string | null
  userAgent: string
}

/** Hits of one contact beyond so many are not looked through. */
const maxHits = 2000

/** By kind and event; nothing for imported events and for those whose hits are pruned. */
export async function findEventHits(
  db: Reader,
  accountId: number,
  contactId: number,
  eventIds: readonly number[],
): Promise<Map<string, EventHit>> {
  if (eventIds.length === 0) return new Map()
  const rows = await db.tuples<[kind: number, eventId: number, ip: string | null, userAgent: string]>(sql`
    select event_kind, event_id, ip, user_agent from hit
    where contact_id = ${contactId} and +account_id = ${accountId} and event_id in ${sqlList(eventIds)} ${sqlLimit(maxHits)}`)
  return new Map(
    rows.map(([kind, eventId, ip, userAgent]) => [`${kindFromNumber(kind)} ${eventId}`, { ip, userAgent }]),
  )
}
