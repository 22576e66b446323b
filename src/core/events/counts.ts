// How often: totals of a contact and of a campaign, counted from the ledger itself. Read by the faces.

import type { Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { countBesideErased } from '../erasure/erased-counts.ts'
import { countHidden, exceptHidden } from '../verdicts/hidden.ts'
import type { Hidden } from '../verdicts/hidden.ts'
import { allKinds, eventIdTime, firstEventIdAt, kindFromNumber } from './event.ts'
import type { EventKind } from './event.ts'

export interface KindCount {
  kind: EventKind
  count: number
  /** Time of the latest one, epoch ms; undefined when there is none. */
  lastAt: number | undefined
}

/** Every kind in the order of event.ts, also those that never happened. */
export async function countContactEvents(db: Reader, accountId: number, contactId: number): Promise<KindCount[]> {
  const rows = await db.all<{ kind: number; count: number; last: number }>(sql`
    select kind, count(*) as count, max(event_id) as last from event
    where contact_id = ${contactId} and account_id = ${accountId} group by kind`)
  const found = new Map(rows.map((row) => [kindFromNumber(row.kind), row]))
  return allKinds.map((kind) => {
    const row = found.get(kind)
    return { kind, count: row?.count ?? 0, lastAt: row && eventIdTime(row.last) }
  })
}

export interface CampaignSummary {
  campaignId: number
  campaignName: string
  counts: Record<EventKind, number>
}

/** One row per campaign that any event ties the contact to, newest campaign first. */
export async function summarizeContact(
  db: Reader,
  accountId: number,
  contactId: number,
  only: { campaignId?: number | undefined; from?: number | undefined; hidden?: Hidden | undefined } = {},
): Promise<CampaignSummary[]> {
  const ofCampaign = only.campaignId === undefined ? sql`` : sql`and e.campaign_id = ${only.campaignId}`
  const since = only.from === undefined ? sql`` : sql`and e.event_id >= ${firstEventIdAt(only.from)}`
  const rows = await db.all<{ campaignId: number; campaignName: string; kind: number; count: number }>(sql`
    select c.campaign_id as "campaignId", c.name as "campaignName", e.kind, count(*) as count
    from event e join campaign c on c.campaign_id = e.campaign_id
    where e.contact_id = ${contactId} and e.account_id = ${accountId} ${ofCampaign} ${since} ${exceptHidden(only.hidden)}
    group by c.campaign_id, c.name, c.dated_at, e.kind order by c.dated_at desc, c.campaign_id desc`)
  const summaries = new Map<number, CampaignSummary>()
  for (const row of rows) {
    let summary = summaries.get(row.campaignId)
    if (!summary)
      summaries.set(
        row.campaignId,
        (summary = { campaignId: row.campaignId, campaignName: row.campaignName, counts: noCounts() }),
      )
    summary.counts[kindFromNumber(row.kind)] = row.count
  }
  return [...summaries.values()]
}

/** Totals of a campaign by kind, erased contacts among them, without what is hidden; all zero when it is unknown in this account. */
export async function countCampaignEvents(
  db: Reader,
  accountId: number,
  campaignId: number,
  hidden: Hidden = [],
): Promise<Record<EventKind, number>> {
  const count = async (): Promise<{ kind: number; count: number }[]> => {
    const rows = await db.all<{ kind: number; count: number }>(sql`
      select e.kind, count(*) as count from campaign c join event e on e.campaign_id = c.campaign_id
      where c.campaign_id = ${campaignId} and c.account_id = ${accountId} group by e.kind`)
    const machines = hidden.length > 0 ? await countHidden(db, accountId, campaignId, hidden) : []
    return [...rows, ...machines.map(({ kind, count: n }) => ({ kind, count: -n }))]
  }
  const { counted, erased } = await countBesideErased(db, accountId, campaignId, count, hidden)
  const counts = noCounts()
  for (const row of [...counted, ...erased]) counts[kindFromNumber(row.kind)] += row.count
  return counts
}

function noCounts(): Record<EventKind, number> {
  return Object.fromEntries(allKinds.map((kind) => [kind, 0])) as Record<EventKind, number>
}
