// One contact at a glance: how much of each kind, when, and how much of it no person did. Every question is bounded, however
// much the contact did. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlJoin, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import type { Verdict } from '../verdicts/hit.ts'
import { allKinds, eventIdTime, eventKinds, firstEventIdAt, kindFromNumber } from './event.ts'
import type { EventKind } from './event.ts'

/** Beyond so many events of a kind nobody counts. */
export const countedEvents = 5000
const day = 86_400_000
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

export interface DayCount {
  /** Midnight UTC. */
  at: number
  kind: EventKind
  count: number
  /** Of these, not by a person. */
  notHuman: number
}

/** The days on which anything happened, from `from` to before `until`. */
export async function countByDay(
  db: Reader,
  accountId: number,
  contactId: number,
  { from, until }: { from: number; until: number },
): Promise<DayCount[]> {
  const days = new Map<string, DayCount>()
  const range = { low: firstEventIdAt(from), high: firstEventIdAt(until) }
  const of = sql`contact_id = ${contactId} and +account_id = ${accountId}`
  for (const { kind, at, count } of await countDays(db, sql`event`, allKinds, of, range))
    days.set(`${kind} ${at}`, { kind, at, count, notHuman: 0 })
  const except = sql`${of} and verdict <> 'human'`
  for (const { kind, at, count } of await countDays(db, sql`verdict`, judged, except, range)) {
    const found = days.get(`${kind} ${at}`)
    if (found) found.notHuman = Math.min(found.count, count)
  }
  return [...days.values()]
}

async function countDays(
  db: Reader,
  table: Sql,
  kinds: readonly EventKind[],
  of: Sql,
  { low, high }: { low: number; high: number },
): Promise<{ kind: EventKind; at: number; count: number }[]> {
  const arms = kinds.map(
    (kind) => sql`select ${kindLiteral(kind)} as kind, day, count(*) as count from (
      select cast(event_id / ${firstEventIdAt(day) - firstEventIdAt(0)} as bigint) as day from ${table}
      where ${of} and kind = ${eventKinds[kind]} and event_id >= ${low} and event_id < ${high}
      order by event_id desc ${sqlLimit(countedEvents)}) arm group by day`,
  )
  const rows = await db.all<{ kind: number; day: number; count: number }>(sqlJoin(arms, ' union all '))
  return rows.map((row) => ({
    kind: kindFromNumber(row.kind),
    at: eventIdTime(row.day * (firstEventIdAt(day) - firstEventIdAt(0))),
    count: row.count,
  }))
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
      order by event_id desc ${sqlLimit(1000)}) arm`,
  )
  return db.all<ContactCampaign>(sql`
    select c.campaign_id as "campaignId", c.name from (${sqlJoin(arms, ' union all ')}) e
      join campaign c on c.campaign_id = e.campaign_id
    group by c.campaign_id, c.name, c.dated_at order by c.dated_at desc, c.campaign_id desc ${sqlLimit(200)}`)
}
