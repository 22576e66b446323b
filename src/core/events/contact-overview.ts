// One contact at a glance: how much of each kind, when, and how much of it no person did. Every question is bounded, however
// much the contact did. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlJoin, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { isJudged } from '../verdicts/hidden.ts'
import type { Verdict } from '../verdicts/hit.ts'
import { allKinds, eventIdTime, eventKinds, firstEventIdAt, kindFromNumber } from './event.ts'
import type { EventKind } from './event.ts'

/** Beyond so many events of a kind nobody counts. */
export const countedEvents = 5000
const judged = ['open', 'click'] as const

export interface KindOverview {
  kind: EventKind
  /** At most `countedEvents`, and one more where there are more. */
  count: number
  lastAt: number | undefined
  /** Of these, what is taken for a machine's doing, or a privacy proxy's. */
  machines: number
  proxies: number
}

/** Every kind in the order of event.ts, also those that never happened. */
export async function overviewContact(db: Reader, accountId: number, contactId: number): Promise<KindOverview[]> {
  const arms = allKinds.map(
    (kind) => sql`select ${kindLiteral(kind)} as kind, count(*) as count, max(event_id) as last from (
      select event_id from event where contact_id = ${contactId} and kind = ${eventKinds[kind]} and account_id = ${accountId}
      order by event_id desc ${sqlLimit(countedEvents + 1)}) arm`,
  )
  const rows = await db.all<{ kind: number; count: number; last: number | null }>(sqlJoin(arms, ' union all '))
  const notHuman = await countVerdicts(db, accountId, contactId)
  return rows.map(({ kind: number, count, last }) => {
    const kind = kindFromNumber(number)
    return {
      kind,
      count,
      lastAt: last === null ? undefined : eventIdTime(last),
      machines: notHuman.get(`${kind} machine`) ?? 0,
      proxies: notHuman.get(`${kind} proxy`) ?? 0,
    }
  })
}

async function countVerdicts(db: Reader, accountId: number, contactId: number): Promise<Map<string, number>> {
  const arms = judged.map(
    (kind) => sql`select ${kindLiteral(kind)} as kind, verdict, count(*) as count from (
      select verdict from verdict where contact_id = ${contactId} and kind = ${eventKinds[kind]} and +account_id = ${accountId}
      order by event_id desc ${sqlLimit(countedEvents)}) arm group by verdict`,
  )
  const rows = await db.all<{ kind: number; verdict: Verdict; count: number }>(sqlJoin(arms, ' union all '))
  return new Map(rows.map(({ kind, verdict, count }) => [`${kindFromNumber(kind)} ${verdict}`, count]))
}

export interface WeekCount {
  /** When it begins. */
  at: number
  kind: EventKind
  /** At most `countedPerWeek`, and one more where there are more. */
  count: number
  /** Of these, not by a person. */
  notHuman: number
}

export const countedPerWeek = 100
const week = 7 * 86_400_000

/** So many weeks from `from` on; those of them in which anything of these kinds happened. */
export async function countByWeek(
  db: Reader,
  accountId: number,
  contactId: number,
  { from, weeks, kinds }: { from: number; weeks: number; kinds: readonly EventKind[] },
): Promise<WeekCount[]> {
  const starts = Array.from({ length: weeks }, (_, i) => from + i * week)
  const found = new Map<string, WeekCount>()
  const of = sql`contact_id = ${contactId} and +account_id = ${accountId}`
  for (const [at, kind, count] of await countWeeks(db, sql`event`, of, starts, kinds))
    found.set(`${kind} ${at}`, { kind, at, count, notHuman: 0 })
  const judgedKinds = kinds.filter(isJudged)
  if (judgedKinds.length === 0) return [...found.values()]
  for (const [at, kind, count] of await countWeeks(
    db,
    sql`verdict`,
    sql`${of} and verdict <> 'human'`,
    starts,
    judgedKinds,
  )) {
    // oxfmt-ignore
    const one = found.get(`${kind} ${at}`)
    if (one) one.notHuman = Math.min(one.count, count)
  }
  return [...found.values()]
}

// A look at each week of each kind by itself: that costs less than sorting what is found into weeks.
async function countWeeks(
  db: Reader,
  table: Sql,
  of: Sql,
  starts: readonly number[],
  kinds: readonly EventKind[],
): Promise<[at: number, kind: EventKind, count: number][]> {
  const length = firstEventIdAt(week) - firstEventIdAt(0)
  const values = (numbers: readonly number[]): Sql => sqlJoin(numbers.map((number) => sql`(cast(${number} as bigint))`), ', ') // oxfmt-ignore
  const rows = await db.tuples<[low: number, kind: number, count: number]>(sql`
    select week.column1, few.column1, (
      select count(*) from (
        select 1 from ${table} where ${of} and kind = few.column1 and event_id >= week.column1
          and event_id < week.column1 + ${length}
        ${sqlLimit(countedPerWeek + 1)}) crowd)
    from (values ${values(starts.map(firstEventIdAt))}) week, (values ${values(kinds.map((kind) => eventKinds[kind]))}) few`)
  return rows
    .filter(([, , count]) => count > 0)
    .map(([low, kind, count]) => [eventIdTime(low), kindFromNumber(kind), count])
}

/** As text: a parameter in the select list has no type on every engine. */
export function kindLiteral(kind: EventKind): Sql {
  return literals[kind]
}

const literals: Readonly<Record<EventKind, Sql>> = {
  send: sql`1`,
  delivery: sql`2`,
  open: sql`3`,
  click: sql`4`,
  bounce: sql`5`,
  complaint: sql`6`,
  forward: sql`7`,
  optout: sql`8`,
}

export interface ContactCampaign {
  campaignId: number
  name: string
}

/** The campaigns of the contact's latest sends and other events, newest first: what a filter offers. */
export async function listContactCampaigns(
  db: Reader,
  accountId: number,
  contactId: number,
): Promise<ContactCampaign[]> {
  const arms = allKinds.map(
    (kind) => sql`select campaign_id from (
      select campaign_id from event where contact_id = ${contactId} and kind = ${eventKinds[kind]} and +account_id = ${accountId}
      order by event_id desc ${sqlLimit(300)}) arm`,
  )
  return db.all<ContactCampaign>(sql`
    select c.campaign_id as "campaignId", c.name from (${sqlJoin(arms, ' union all ')}) e
      join campaign c on c.campaign_id = e.campaign_id
    group by c.campaign_id, c.name, c.dated_at order by c.dated_at desc, c.campaign_id desc ${sqlLimit(200)}`)
}
