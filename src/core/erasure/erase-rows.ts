// Takes what a contact did out of the store, some rows at a time, each event into the counts as it goes. Used by
// erase-contact.ts and, where that was cut off or somebody was still writing, by finish-erasures.ts.

import type { Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { addErasedCounts } from './erased-counts.ts'

/** Rows of one table in a step: few enough that those who wait for the writer don't notice. */
const perStep = 500

/** What a contact has besides its events; none of it is counted. */
const others: readonly { table: Sql; key: Sql; account?: Sql }[] = [
  { table: sql`verdict`, key: sql`kind, event_id` },
  { table: sql`event_key`, key: sql`key_hash`, account: sql`` },
  { table: sql`send`, key: sql`campaign_id, send_no` },
  { table: sql`forward_count`, key: sql`campaign_id, send_no` },
  { table: sql`hit`, key: sql`hit_id` },
  { table: sql`membership`, key: sql`list_id` },
  { table: sql`consent`, key: sql`consent_no` },
  { table: sql`outgoing`, key: sql`campaign_id, send_no` },
  { table: sql`outgoing_key`, key: sql`account_id, key` },
  { table: sql`webhook_pending`, key: sql`endpoint_id, event_id` },
  { table: sql`hold`, key: sql`since` },
  { table: sql`activity_line`, key: sql`activity_id, sort_key` },
  { table: sql`kept_answer`, key: sql`holder, key_hash` },
]

/** One step; true when there may be more. An event is deleted and counted in the same transaction, so never twice. */
export async function eraseSomeRows(tx: Tx, accountId: number, contactId: number): Promise<boolean> {
  if (await eraseSomeEvents(tx, accountId, contactId)) return true
  // Verdicts are looked at until the last event is counted.
  let isMore = false
  for (const { table, key, account = sql`and +account_id = ${accountId}` } of others) {
    const of = sql`from ${table} where contact_id = ${contactId} ${account}`
    const rows = await tx.tuples<(string | number)[]>(sql`select ${key} ${of} order by ${key} ${sqlLimit(perStep)}`)
    const last = rows.at(-1)
    if (!last) continue
    const [first, second] = last as [string | number, string | number | undefined]
    const end = second === undefined ? sql`${first}` : sql`${first}, ${second}`
    await tx.run(sql`delete ${of} and (${key}) <= (${end})`)
    isMore ||= rows.length === perStep
  }
  return isMore
}

async function eraseSomeEvents(tx: Tx, accountId: number, contactId: number): Promise<boolean> {
  const own = sql`contact_id = ${contactId} and +account_id = ${accountId}`
  const rows = await tx.tuples<[kind: number, eventId: number]>(
    sql`select kind, event_id from event where ${own} order by kind, event_id ${sqlLimit(perStep)}`,
  )
  const last = rows.at(-1)
  if (!last) return false
  const some = sql`${own} and (kind, event_id) <= (${last[0]}, ${last[1]})`
  const judged = await tx.tuples<[kind: number, eventId: number, verdict: string]>(
    sql`select kind, event_id, verdict from verdict where ${some}`,
  )
  const verdicts = new Map(judged.map(([kind, eventId, verdict]) => [`${kind} ${eventId}`, verdict]))
  // Whoever else is erasing the same rows has deleted, and counted, those that are not returned.
  const deleted = await tx.tuples<[campaignId: number, kind: number, eventId: number, linkNo: number | null]>(
    sql`delete from event where ${some} returning campaign_id, kind, event_id, link_no`,
  )
  const erased = deleted.map(([campaignId, kind, eventId, linkNo]) => {
    return { campaignId, kind, eventId, linkNo, verdict: verdicts.get(`${kind} ${eventId}`) }
  })
  await addErasedCounts(tx, accountId, erased)
  await tx.run(sql`delete from verdict where ${some}`)
  return rows.length === perStep
}
