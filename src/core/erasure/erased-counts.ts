// What erased contacts did, as counts: totals of campaigns stay exact when the events behind them are gone. Read by all
// that counts a campaign's events, written by erase-rows.ts.

import { isDeepStrictEqual } from 'node:util'
import type { Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { Hidden } from '../verdicts/hidden.ts'
import { eventIdTime } from '../events/event.ts'

/** An event on its way out. */
export interface ErasedEvent {
  campaignId: number
  /** By its stored number. */
  kind: number
  eventId: number
  linkNo: number | null
  /** Undefined where it was never judged. */
  verdict: string | undefined
}

export interface ErasedCount {
  /** By its stored number. */
  kind: number
  /** 0: none. */
  linkNo: number
  verdictClass: string
  count: number
}

const day = 86_400_000

/** Adds the events to the counts, in the transaction that deletes them. */
export async function addErasedCounts(tx: Tx, accountId: number, events: readonly ErasedEvent[]): Promise<void> {
  const counts = Map.groupBy(events, ({ campaignId, kind, eventId, linkNo, verdict = 'unjudged' }) =>
    [campaignId, kind, linkNo ?? 0, Math.floor(eventIdTime(eventId) / day), verdict].join(' '),
  )
  // In one order, so that two erasures wait for each other and never both.
  for (const [name, same] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = name.split(' ')
    const [campaignId, kind, linkNo, onDay] = parts.map(Number) as [number, number, number, number]
    await tx.run(sql`
      insert into erased_count(account_id, campaign_id, kind, link_no, day, verdict_class, count)
      values (${accountId}, ${campaignId}, ${kind}, ${linkNo}, ${onDay}, ${parts[4]!}, ${same.length})
      on conflict (account_id, campaign_id, kind, link_no, day, verdict_class)
      do update set count = erased_count.count + ${same.length}`)
  }
}

/** What was erased of a campaign, by kind, link and verdict. */
function listErasedCounts(db: Reader, accountId: number, campaignId: number): Promise<ErasedCount[]> {
  return db.all<ErasedCount>(sql`
    select kind, link_no as "linkNo", verdict_class as "verdictClass", cast(sum(count) as bigint) as count from erased_count
    where account_id = ${accountId} and campaign_id = ${campaignId}
    group by kind, link_no, verdict_class order by kind, link_no, verdict_class`)
}

/** Erasing ends; until then what is counted is what somebody sees who looks twice. */
const maxTries = 10

/**
 * What `count` finds in the ledger, with what was erased of the same campaign at the same moment, without what is hidden: erasing moves events
 * from the one to the other, and counting between two reads would count them twice or never. Readers outside of
 * transactions see no common moment on every engine, so it looks again until nothing moved.
 */
export async function countBesideErased<T>(
  db: Reader,
  accountId: number,
  campaignId: number,
  count: () => Promise<T>,
  hidden: Hidden = [],
): Promise<{ counted: T; erased: ErasedCount[] }> {
  const isShown = ({ verdictClass }: ErasedCount): boolean => !hidden.some((verdict) => verdict === verdictClass)
  // Those hidden too: they move as well.
  let erased = await listErasedCounts(db, accountId, campaignId)
  for (let i = 1; ; i++) {
    const counted = await count()
    const after = await listErasedCounts(db, accountId, campaignId)
    if (i === maxTries || isDeepStrictEqual(after, erased)) return { counted, erased: after.filter(isShown) }
    erased = after
  }
}
