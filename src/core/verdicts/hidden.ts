// Leaves out what no person did: for pages and counts that are about people. Used by core/events.

import type { Reader } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { eventKinds, kindFromNumber } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import type { Verdict } from './hit.ts'

/** Verdicts whose events are left out. */
export type Hidden = readonly Exclude<Verdict, 'human' | 'probe'>[]

/** Only opens and clicks are judged. */
export function isJudged(kind: EventKind): boolean {
  return kind === 'open' || kind === 'click'
}

/** A condition on an event that is called `e`; none where nothing is hidden. */
export function exceptHidden(hidden: Hidden | undefined): Sql {
  if (!hidden || hidden.length === 0) return sql``
  return sql`and not exists (select 1 from verdict v where v.contact_id = e.contact_id and v.kind = e.kind
      and v.event_id = e.event_id and v.verdict in ${sqlList(hidden)})`
}

/** How many of a campaign's events are hidden, by the stored number of their kind. */
export function countHidden(
  db: Reader,
  accountId: number,
  campaignId: number,
  hidden: Hidden,
): Promise<{ kind: number; count: number }[]> {
  return db.all<{ kind: number; count: number }>(sql`
    select v.kind, count(*) as count from campaign c join verdict v on v.campaign_id = c.campaign_id
    where c.campaign_id = ${campaignId} and c.account_id = ${accountId} and v.verdict in ${sqlList(hidden)} group by v.kind`)
}

/** How many clicks on each link of a campaign are hidden. */
export async function countHiddenClicks(db: Reader, campaignId: number, hidden: Hidden): Promise<Map<number, number>> {
  const rows = await db.tuples<[linkNo: number, count: number]>(sql`
    select link_no, count(*) from verdict
    where campaign_id = ${campaignId} and kind = ${eventKinds.click} and verdict in ${sqlList(hidden)} and link_no is not null
    group by link_no`)
  return new Map(rows)
}

/** What was said of a contact's events, by kind and event; nothing about most of them. */
export async function findVerdicts(
  db: Reader,
  accountId: number,
  contactId: number,
  eventIds: readonly number[],
): Promise<Map<string, { verdict: Verdict; reasons: string[] }>> {
  const rows = await db.tuples<[kind: number, eventId: number, verdict: Verdict, reasons: string]>(sql`
    select kind, event_id, verdict, reasons from verdict
    where contact_id = ${contactId} and event_id in ${sqlList(eventIds)} and +account_id = ${accountId}`)
  return new Map(
    rows.map(([kind, eventId, verdict, reasons]) => [
      `${kindFromNumber(kind)} ${eventId}`,
      { verdict, reasons: reasons.split(' ').filter(Boolean) },
    ]),
  )
}
