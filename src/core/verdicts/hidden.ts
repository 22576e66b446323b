// Leaves out what no person did: for pages and counts that are about people. Used by core/events.

import type { Reader } from '../../db/db.ts'
import { inParts, sql, sqlAny, sqlList } from '../../db/sql.ts'
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

/** A condition on an event that is called `e`, or as `alias` says; none where nothing is hidden. */
export function exceptHidden(hidden: Hidden | undefined, alias = sql`e`): Sql {
  if (!hidden || hidden.length === 0) return sql``
  return sql`and not exists (select 1 from verdict v where v.contact_id = ${alias}.contact_id and v.kind = ${alias}.kind
      and v.event_id = ${alias}.event_id and v.verdict in ${sqlList(hidden)})`
}

/** The opposite: a condition on an event that is called `e`, which only those meet that were judged to be one of these. */
export function onlyJudged(verdicts: Hidden | undefined): Sql {
  if (!verdicts) return sql``
  return sql`and exists (select 1 from verdict v where v.contact_id = e.contact_id and v.kind = e.kind
      and v.event_id = e.event_id and v.verdict in ${sqlList(verdicts)})`
}

/** Verdicts that events may have, for pages that are about some of them: what to leave out, or what alone to show. */
export function splitVerdicts(shown: readonly string[] | undefined): { hidden?: Hidden; only?: Hidden } {
  if (!shown) return {}
  const isShown = (verdict: string): boolean => shown.includes(verdict)
  // What nobody judged counts as a person's.
  return shown.includes('human')
    ? { hidden: hideable.filter((verdict) => !isShown(verdict)) }
    : { only: hideable.filter(isShown) }
}
const hideable: Hidden = ['machine', 'proxy']

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
    where contact_id = ${contactId} and kind in (${eventKinds.open}, ${eventKinds.click}) and event_id in ${sqlList(eventIds)}
      and +account_id = ${accountId}`)
  return new Map(
    rows.map(([kind, eventId, verdict, reasons]) => [
      `${kindFromNumber(kind)} ${eventId}`,
      { verdict, reasons: reasons.split(' ').filter(Boolean) },
    ]),
  )
}

interface EventName {
  contactId: number
  kind: EventKind
  eventId: number
}

/** The same for events of several contacts, by contact, kind and event. */
export async function findVerdictsOf(
  db: Reader,
  accountId: number,
  events: readonly EventName[],
): Promise<Map<string, { verdict: Verdict; reasons: string[] }>> {
  const found = new Map<string, { verdict: Verdict; reasons: string[] }>()
  for (const part of inParts(events, 128)) {
    const any = part.map(
      ({ contactId, kind, eventId }) =>
        sql`contact_id = ${contactId} and kind = ${eventKinds[kind]} and event_id = ${eventId}`,
    )
    const rows = await db.tuples<[contactId: number, kind: number, eventId: number, verdict: Verdict, reasons: string]>(
      sql`select contact_id, kind, event_id, verdict, reasons from verdict where ${sqlAny(any)} and account_id = ${accountId}`,
    )
    for (const [contactId, kind, eventId, verdict, reasons] of rows)
      found.set(`${contactId} ${kindFromNumber(kind)} ${eventId}`, {
        verdict,
        reasons: reasons.split(' ').filter(Boolean),
      })
  }
  return found
}
