// How many of a contact's events a filter leaves, by kind. The question is bounded, however much the contact did: beyond the
// latest few thousand of a kind nobody counts. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlJoin, sqlLimit, sqlList } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { isJudged } from '../verdicts/hidden.ts'
import { countedEvents, kindLiteral } from './contact-overview.ts'
import { allKinds, eventKinds, firstEventIdAt, kindFromNumber } from './event.ts'
import type { EventKind } from './event.ts'
import type { HistoryQuery } from './history.ts'

export type CountFilter = Pick<HistoryQuery, 'campaignId' | 'from' | 'until' | 'hidden'>

export interface FilteredCount {
  kind: EventKind
  /** Of the latest `countedEvents` in the time asked for. */
  count: number
  /** There are older ones that nobody looked at. */
  hasMore: boolean
}

interface Window {
  kind: EventKind
  count: number
  looked: number
  /** The last one looked at. */
  oldest: number | null
}

/** Every kind in the order of event.ts. */
export async function countFiltered(
  db: Reader,
  accountId: number,
  contactId: number,
  filter: CountFilter,
): Promise<FilteredCount[]> {
  const windows = await countWindows(db, accountId, contactId, filter)
  const hidden = await countHiddenIn(db, accountId, contactId, filter, windows)
  return windows.map(({ kind, count, looked }) => ({
    kind,
    count: Math.min(countedEvents, Math.max(0, count - (hidden.get(kind) ?? 0))),
    hasMore: looked > countedEvents,
  }))
}

async function countWindows(
  db: Reader,
  accountId: number,
  contactId: number,
  { campaignId, from, until }: CountFilter,
): Promise<Window[]> {
  const fits = campaignId === undefined ? sql`count(*)` : sql`coalesce(sum(case when campaign_id = ${campaignId} then 1 else 0 end), 0)` // oxfmt-ignore
  const since = from === undefined ? sql`` : sql`and event_id >= ${firstEventIdAt(from)}`
  const before = until === undefined ? sql`` : sql`and event_id < ${firstEventIdAt(until)}`
  const arms = allKinds.map(
    (
      kind,
    ) => sql`select ${kindLiteral(kind)} as kind, ${fits} as count, count(*) as looked, min(event_id) as oldest from (
      select event_id, campaign_id from event
      where contact_id = ${contactId} and kind = ${eventKinds[kind]} and +account_id = ${accountId} ${since} ${before}
      order by event_id desc ${sqlLimit(countedEvents + 1)}) arm`,
  )
  const rows = await db.all<Omit<Window, 'kind'> & { kind: number }>(sqlJoin(arms, ' union all '))
  return rows.map((row) => ({ ...row, kind: kindFromNumber(row.kind) }))
}

// Verdicts lie in the order of the events they are about, so they are counted beside them and not looked up one by one.
async function countHiddenIn(
  db: Reader,
  accountId: number,
  contactId: number,
  { campaignId, until, hidden = [] }: CountFilter,
  windows: readonly Window[],
): Promise<Map<EventKind, number>> {
  const judged = windows.filter(({ kind, looked }) => looked > 0 && isJudged(kind))
  if (hidden.length === 0 || judged.length === 0) return new Map()
  const ofCampaign = campaignId === undefined ? sql`` : sql`and campaign_id = ${campaignId}`
  const before = until === undefined ? sql`` : sql`and event_id < ${firstEventIdAt(until)}`
  const arms: Sql[] = judged.map(
    ({ kind, oldest }) => sql`select ${kindLiteral(kind)} as kind, count(*) as count from verdict
      where contact_id = ${contactId} and kind = ${eventKinds[kind]} and +account_id = ${accountId} and event_id >= ${oldest}
        ${before} ${ofCampaign} and verdict in ${sqlList(hidden)}`,
  )
  const rows = await db.all<{ kind: number; count: number }>(sqlJoin(arms, ' union all '))
  return new Map(rows.map(({ kind, count }) => [kindFromNumber(kind), count]))
}
